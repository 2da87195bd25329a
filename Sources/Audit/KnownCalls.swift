import MCPCore
import MCPValues
import NIOCore

/// What many calls have in common, as it is written: who called what, and how that went. Made once for all that are alike.
struct KnownCalls {
    /// Calls that are alike to the byte: names that only look the same are written as they are.
    private struct Kind: Hashable {
        let principal: ByteText
        var client: ByteBuffer?
        let address: ByteText
        let route: ByteText
        let server: ByteText?
        let tool: ByteText?
        let outcome: ByteText
        let reason: ByteText?

        init(_ call: AuditedCall) {
            principal = ByteText(call.principal)
            client = call.client
            address = ByteText(call.address)
            route = ByteText(call.route)
            server = call.server.map(ByteText.init)
            tool = call.tool.map(ByteText.init)
            outcome = ByteText(call.outcome)
            reason = call.reason.map(ByteText.init)
        }

        /// Whether a call is of this kind. What differs most is compared first.
        func isOf(_ call: AuditedCall) -> Bool {
            Self.isSame(tool, call.tool) && principal.text.hasBytes(of: call.principal)
                && outcome.text.hasBytes(of: call.outcome) && client == call.client
                && address.text.hasBytes(of: call.address) && route.text.hasBytes(of: call.route)
                && Self.isSame(server, call.server) && Self.isSame(reason, call.reason)
        }

        private static func isSame(_ text: ByteText?, _ other: String?) -> Bool {
            guard let text, let other else { return text == nil && other == nil }
            return text.text.hasBytes(of: other)
        }

        /// How much of it its client has chosen.
        var size: Int { (client?.readableBytes ?? 0) + (tool?.text.utf8.count ?? 0) }
    }

    /// A kind with its members. A class, since a kind has a dozen words, and is looked at for each call.
    private final class Written {
        let kind: Kind
        let members: ByteBuffer

        init(_ kind: Kind, _ members: ByteBuffer) {
            (self.kind, self.members) = (kind, members)
        }
    }

    /// How many are kept, and how long what a client has chosen may be in one that is.
    private static let maximumCount = 256
    private static let maximumSize = 1 << 10

    private static let recentCount = 16

    private var kinds: [Kind: ByteBuffer] = [:]
    /// Some of them, each at a place that follows from how long its words are: to look there takes less than to hash them.
    private var recent = [Written?](repeating: nil, count: Self.recentCount)

    /// Returns the members of an object of JSON.
    mutating func members(of call: AuditedCall) -> ByteBuffer {
        let place = Self.place(of: call)
        if let recent = recent[place], recent.kind.isOf(call) { return recent.members }
        var kind = Kind(call)
        if let index = kinds.index(forKey: kind) {
            recent[place] = Written(kinds[index].key, kinds[index].value)
            return kinds[index].value
        }
        let members = Self.members(of: kind)
        if kind.size <= Self.maximumSize {
            if kinds.count >= Self.maximumCount { kinds = [:] }
            // A copy: what a client says of itself is often a part of a message that is longer.
            kind.client = kind.client.map { ByteBuffer(bytes: $0.readableBytesView) }
            kinds[kind] = members
            recent[place] = Written(kind, members)
        }
        return members
    }

    private static func place(of call: AuditedCall) -> Int {
        ((call.tool?.utf8.count ?? 0) &* 5 &+ call.principal.utf8.count &* 3 &+ call.outcome.utf8.count)
            % recentCount
    }

    private static func members(of kind: Kind) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add("principal", AuditText.shown(kind.principal.text))
        // What cannot be read was not accepted by the handshake either.
        if let client = kind.client.flatMap({ try? JSONText(scanning: $0) })?.root {
            object.add("client", client["name"]?.string.map(AuditText.shown))
            object.add("clientVersion", client["version"]?.string.map(AuditText.shown))
        }
        if !kind.address.text.isEmpty { object.add("address", kind.address.text) }
        object.add("route", AuditText.shown(kind.route.text))
        object.add("server", kind.server.map { AuditText.shown($0.text) })
        object.add("tool", kind.tool.map { AuditText.shown($0.text) })
        object.add("outcome", kind.outcome.text)
        object.add("reason", kind.reason?.text)
        return object.members
    }
}
