import MCPCore
package import MCPValues
import ToolPins

/// Something about a tool or prompt that its operator should look at, however long it has been so.
package struct PinFlag: Sendable, Hashable {
    /// Whose it is.
    package let server: ByteText
    package let subject: PinnedName
    /// What it is, in words.
    package let words: String
    /// Whether it has hardly ever a good reason.
    package let isGrave: Bool

    package init(server: ByteText, subject: PinnedName, words: String, isGrave: Bool = false) {
        self.server = server
        self.subject = subject
        self.words = words
        self.isGrave = isGrave
    }

    /// How many are told of one server.
    private static let maximumCount = 100

    /// Looks at what servers show, as far as it is known: characters that nobody sees, names of other servers' tools.
    package static func find(in servers: [PinnedServer]) -> [PinFlag] {
        var flags: [PinFlag] = []
        var mentions: [ToolMentions.Server] = []
        for server in servers {
            let (name, shown) = (ByteText(server.name), server.shown)
            let hidden = shown.lazy.compactMap { subject, definition -> PinFlag? in
                let findings = HiddenCharacters.findings(inStringsOf: definition.json)
                guard !findings.isEmpty else { return nil }
                return PinFlag(
                    server: name, subject: subject,
                    words: "has characters that nobody sees: \(findings.joined(separator: ", "))", isGrave: true)
            }
            flags += hidden.prefix(maximumCount)
            flags += server.unseeable.map { subject in
                PinFlag(
                    server: name, subject: subject,
                    words: "has a name with characters that nobody sees, and is not offered", isGrave: true)
            }
            mentions.append(
                ToolMentions.Server(
                    name,
                    tools: shown.filter { $0.subject.kind == .tool }.map {
                        ToolMentions.Tool($0.subject.name, description: $0.definition.words)
                    }))
        }
        return flags + ToolMentions.find(in: mentions).map(PinFlag.init)
    }
}

extension PinFlag {
    fileprivate init(_ finding: ToolMentions.Finding) {
        let (other, tool) = (PrintableText.make(finding.otherServer.text), PrintableText.make(finding.otherTool.text))
        let words =
            switch finding.kind {
            case .sameName: "has the name of a tool of server \"\(other)\""
            case .mention: "mentions the tool \"\(tool)\" of server \"\(other)\""
            }
        self.init(server: finding.server, subject: PinnedName(.tool, finding.tool), words: words)
    }
}

extension PinnedServer {
    /// What the server shows of each tool and prompt, as far as it is known: what was not approved, else what was.
    fileprivate var shown: [(subject: PinnedName, definition: PinnedDefinition)] {
        let (record, changes) = (record, report.changes)
        var newest: [PinnedName: PinnedDefinition] = [:]
        for kind in PinKind.allCases {
            for name in record.names(kind) { newest[PinnedName(kind, name)] = record.accepted(kind, name).first }
        }
        for change in changes { newest[change.subject] = change.definition }
        return newest.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
