import MCPCore
import MCPUpstream
import NIOCore

/// Holds what several servers together are for a client: who they say they are, what they can do, how they are used.
struct OfferIntroduction: Sendable {
    /// The proxy, as an implementation.
    let serverInfo: ByteBuffer
    /// For clients with a session, and for those without.
    private let capabilities: [Era: ByteBuffer]
    let instructions: String?

    private static let tasks = "io.modelcontextprotocol/tasks"

    init(_ members: [Member], _ catalogs: [ServerCatalog?], _ terms: OfferTerms) {
        serverInfo = Self.serverInfo(terms.identity)
        capabilities = [
            .legacy: Self.capabilities(catalogs, for: .legacy), .modern: Self.capabilities(catalogs, for: .modern),
        ]
        instructions = OfferInstructions.make(
            own: terms.instructions,
            zip(members, catalogs).compactMap { member, catalog in
                guard let text = catalog?.introduction.result.root["instructions"]?.string, !text.isEmpty else {
                    return nil
                }
                return (heading: member.prefix, text: text)
            })
    }

    private static func serverInfo(_ identity: OfferTerms.Identity) -> ByteBuffer {
        var info = JSONObjectWriter()
        info.add("name", identity.name)
        info.add("title", identity.title)
        info.add("version", identity.version)
        if let icons = identity.icons { info.add("icons", json: icons) }
        return info.finished
    }

    // MARK: Capabilities

    /// Returns the union of what the members can do. A server of which nothing is known yet may have anything that is
    /// listed, and what is listed may always change.
    private static func capabilities(_ catalogs: [ServerCatalog?], for era: Era) -> ByteBuffer {
        let isUnknown = catalogs.contains { $0 == nil }
        let all = catalogs.compactMap { $0?.introduction }
        var object = JSONObjectWriter()
        for kind in [CatalogKind.tools, .prompts, .resources]
        where isUnknown || all.contains(where: { $0.declares(kind.capability) }) {
            var lists = JSONObjectWriter()
            if kind == .resources, isUnknown || all.contains(where: { $0.declares("resources", "subscribe") }) {
                lists.add("subscribe", json: ByteBuffer(string: "true"))
            }
            lists.add("listChanged", json: ByteBuffer(string: "true"))
            object.add(kind.capability, json: lists.finished)
        }
        for (name, value) in others(all, for: era) { object.add(name, json: value) }
        return object.finished
    }

    /// Whatever else the members declare; of several the first.
    private static func others(_ all: [Introduction], for era: Era) -> [(String, ByteBuffer)] {
        var found: [(String, ByteBuffer)] = []
        var extensions: [(String, ByteBuffer)] = []
        for introduction in all {
            introduction.capabilities?.forEachMember { name, value in
                switch name {
                case "tools", "prompts", "resources": break
                // Tasks exist in both eras and cannot be translated.
                case "tasks" where introduction.era != era || era == .modern: break
                case "tasks" where !found.contains { $0.0 == name }: found.append((name, withoutLists(value)))
                case "extensions":
                    value.forEachMember { name, value in
                        guard name != tasks || introduction.era == era else { return }
                        if !extensions.contains(where: { $0.0 == name }) { extensions.append((name, value.bytes)) }
                    }
                default: if !found.contains(where: { $0.0 == name }) { found.append((name, value.bytes)) }
                }
            }
        }
        guard !extensions.isEmpty else { return found }
        var object = JSONObjectWriter()
        for (name, value) in extensions { object.add(name, json: value) }
        return found + [("extensions", object.finished)]
    }

    /// The tasks of several servers are not listed together.
    private static func withoutLists(_ tasks: JSONView) -> ByteBuffer {
        var object = JSONObjectWriter()
        tasks.forEachMember { if $0 != "list" { object.add($0, json: $1.bytes) } }
        return object.finished
    }

    // MARK: Answers

    /// Returns the result of `initialize`.
    func initializeResult(_ version: ProtocolVersion) -> ByteBuffer {
        var result = JSONObjectWriter()
        result.add("protocolVersion", version.name)
        if let capabilities = capabilities[.legacy] { result.add("capabilities", json: capabilities) }
        result.add("serverInfo", json: serverInfo)
        result.add("instructions", instructions)
        return oneLine(result)
    }

    /// The result of `server/discover`
    /// ([2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/server/discover)).
    var discoverResult: ByteBuffer {
        var result = JSONObjectWriter()
        result.add("resultType", "complete")
        result.add("supportedVersions", json: DiscoverResult.versions)
        if let capabilities = capabilities[.modern] { result.add("capabilities", json: capabilities) }
        result.add("instructions", instructions)
        result.add("ttlMs", 0)
        result.add("cacheScope", "private")
        var meta = JSONObjectWriter()
        meta.add("io.modelcontextprotocol/serverInfo", json: serverInfo)
        result.add("_meta", json: meta.finished)
        return oneLine(result)
    }

    private func oneLine(_ result: JSONObjectWriter) -> ByteBuffer {
        var bytes = result.finished
        bytes.blankLineBreaks()
        return bytes
    }
}
