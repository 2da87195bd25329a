import MCPCore
import NIOCore

/// What many calls have in common, as it is written: who called what, and how that went. Made once for all that are alike.
struct KnownCalls {
    private struct Kind: Hashable {
        var principal: String
        var client: ByteBuffer?
        var address: String
        var route: String
        var server: String?
        var tool: String?
        var outcome: String
        var reason: String?

        init(_ call: AuditedCall) {
            (principal, client, address, route) = (call.principal, call.client, call.address, call.route)
            (server, tool, outcome, reason) = (call.server, call.tool, call.outcome, call.reason)
        }

        /// How much of it its client has chosen.
        var size: Int { (client?.readableBytes ?? 0) + (tool?.utf8.count ?? 0) }
    }

    /// How many are kept, and how long what a client has chosen may be in one that is.
    private static let maximumCount = 256
    private static let maximumSize = 1 << 10

    private var kinds: [Kind: ByteBuffer] = [:]

    /// Returns the members of an object of JSON.
    mutating func members(of call: AuditedCall) -> ByteBuffer {
        var kind = Kind(call)
        if let known = kinds[kind] { return known }
        let members = Self.members(of: kind)
        if kind.size <= Self.maximumSize {
            if kinds.count >= Self.maximumCount { kinds = [:] }
            // A copy: what a client says of itself is often a part of a message that is longer.
            kind.client = kind.client.map { ByteBuffer(bytes: $0.readableBytesView) }
            kinds[kind] = members
        }
        return members
    }

    private static func members(of kind: Kind) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add("principal", AuditText.shown(kind.principal))
        // What cannot be read was not accepted by the handshake either.
        if let client = kind.client.flatMap({ try? JSONText(scanning: $0) })?.root {
            object.add("client", client["name"]?.string.map(AuditText.shown))
            object.add("clientVersion", client["version"]?.string.map(AuditText.shown))
        }
        if !kind.address.isEmpty { object.add("address", kind.address) }
        object.add("route", AuditText.shown(kind.route))
        object.add("server", kind.server.map(AuditText.shown))
        object.add("tool", kind.tool.map(AuditText.shown))
        object.add("outcome", kind.outcome)
        object.add("reason", kind.reason)
        return object.members
    }
}
