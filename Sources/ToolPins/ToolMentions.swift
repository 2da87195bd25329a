package import MCPValues

/// Where a server could be after another one's tools: it lists a tool of the same name, or speaks of the other's tool
/// where it describes its own.
package struct ToolMentions {
    /// A server, as far as it is looked at.
    package struct Server: Sendable {
        let name: ByteText
        let tools: [Tool]

        package init(_ name: ByteText, tools: [Tool]) {
            self.name = name
            self.tools = tools
        }
    }

    /// A tool, as far as it is looked at.
    package struct Tool: Sendable {
        let name: ByteText
        let description: String

        package init(_ name: ByteText, description: String) {
            self.name = name
            self.description = description
        }
    }

    /// One server's tool that has to do with another server's.
    package struct Finding: Sendable, Hashable {
        /// What it has to do with the other one.
        package enum Kind: Sendable {
            /// It has the same name. The other server comes first in the order given.
            case sameName
            /// It speaks of the other one.
            case mention
        }

        package let kind: Kind
        package let server: ByteText
        package let tool: ByteText
        package let otherServer: ByteText
        package let otherTool: ByteText
    }

    /// How many findings there are at most.
    package static let maximumFindings = 200
    /// How long a name may be to be looked for.
    private static let maximumNameBytes = 128

    /// The servers that list a tool of a name, in the order given; the second is all that is needed of the others.
    private var owners: [ByteText: [ByteText]] = [:]
    private var findings: [Finding] = []
    private var told: Set<Finding> = []

    /// Looks at each server's tools, in time that grows with the length of the descriptions.
    package static func find(in servers: [Server]) -> [Finding] {
        var mentions = ToolMentions()
        for server in servers { mentions.note(server) }
        for server in servers { mentions.read(server) }
        return mentions.findings
    }

    private mutating func note(_ server: Server) {
        for tool in server.tools {
            let known = owners[tool.name] ?? []
            if let first = known.first, first != server.name {
                add(.sameName, server.name, tool.name, first, tool.name)
            }
            if known.count < 2, known.last != server.name { owners[tool.name] = known + [server.name] }
        }
    }

    private mutating func read(_ server: Server) {
        let own = Set(server.tools.map(\.name))
        for tool in server.tools where findings.count < Self.maximumFindings {
            MentionedWords(tool.description).forEach { word, isMarked in
                guard word.utf8.count <= Self.maximumNameBytes, isMarked || Self.isNoOrdinaryWord(word) else { return }
                let name = ByteText(word)
                guard !own.contains(name), let other = owners[name]?.first else { return }
                add(.mention, server.name, tool.name, other, name)
            }
        }
    }

    private mutating func add(
        _ kind: Finding.Kind, _ server: ByteText, _ tool: ByteText, _ otherServer: ByteText, _ otherTool: ByteText
    ) {
        let finding = Finding(
            kind: kind, server: server, tool: tool, otherServer: otherServer, otherTool: otherTool)
        guard findings.count < Self.maximumFindings, told.insert(finding).inserted else { return }
        findings.append(finding)
    }

    /// Whether a word can hardly be anything but a name: it has a sign in it, or a capital behind its first letter and not
    /// only capitals.
    private static func isNoOrdinaryWord(_ word: String) -> Bool {
        var (hasSign, hasInnerCapital, hasSmall) = (false, false, false)
        for (index, byte) in word.utf8.enumerated() {
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"): hasSign = true
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): hasInnerCapital = hasInnerCapital || index > 0
            default: hasSmall = true
            }
        }
        return hasSign || hasInnerCapital && hasSmall
    }
}
