import MCPCore
package import MCPValues
import ToolPins

/// Something in a definition that the operator should look at.
package struct PinFlag: Hashable, Sendable {
    /// Whose it is, as people may know it.
    package let server: ByteText
    package let subject: PinnedName
    /// What it is, in words.
    package let words: String

    package init(server: ByteText, subject: PinnedName, words: String) {
        self.server = server
        self.subject = subject
        self.words = words
    }

    /// Looks at what servers list: for text that people do not see, and for tools that have to do with those of others.
    ///
    /// - Parameter servers: Those that count together, the most trusted first: of two with a tool of one name the second is
    ///   told of.
    package static func find(in servers: [ServerConnections]) -> [PinFlag] {
        let listed = servers.map { (server: $0, definitions: $0.listedDefinitions) }
        let hidden = listed.flatMap { server, definitions in
            definitions.flatMap { subject, definition in
                Self.hidden(subject, definition).map {
                    PinFlag(server: ByteText(server.displayName), subject: subject, words: $0)
                }
            }
        }
        return hidden + mentions(listed)
    }

    private static func hidden(_ subject: PinnedName, _ definition: PinnedDefinition) -> [String] {
        if let character = HiddenCharacters.first(in: subject.name.text) {
            return [
                "its name has a character that nobody sees, U+\(String(character.value, radix: 16, uppercase: true)): it is "
                    + "not offered"
            ]
        }
        return HiddenCharacters.findings(inStringsOf: definition.json).map { "it has text that nobody sees: \($0)" }
    }

    private static func mentions(
        _ listed: [(server: ServerConnections, definitions: [(PinnedName, PinnedDefinition)])]
    ) -> [PinFlag] {
        let servers = listed.map { server, definitions in
            ToolMentions.Server(
                ByteText(server.displayName),
                tools: definitions.compactMap { subject, definition in
                    guard subject.kind == .tool else { return nil }
                    return ToolMentions.Tool(subject.name, description: definition.words)
                })
        }
        return ToolMentions.find(in: servers).map { finding in
            let words =
                switch finding.kind {
                case .sameName: "server \"\(finding.otherServer.text)\" has a tool of this name, too"
                case .mention:
                    "it speaks of \"\(finding.otherTool.text)\", a tool of server "
                        + "\"\(finding.otherServer.text)\""
                }
            return PinFlag(
                server: finding.server, subject: PinnedName(.tool, finding.tool), words: words)
        }
    }
}

extension ServerConnections {
    /// What the server lists that is pinned, as it was read last.
    fileprivate var listedDefinitions: [(PinnedName, PinnedDefinition)] {
        guard let catalog = catalog.current else { return [] }
        return [CatalogKind.tools, .prompts].flatMap { list -> [(PinnedName, PinnedDefinition)] in
            guard let kind = PinKind(list), let list = catalog[list] else { return [] }
            return list.entries.map { (PinnedName(kind, $0.key), PinnedDefinition(kind, list.view($0))) }
        }
    }
}
