import MCPCore
import MCPValues
import NIOCore
import ToolSearch

/// Holds what some lists offer, to be searched. When there are other lists, what has changed in them is changed in it,
/// tool by tool; whoever searches meanwhile has the index as it was.
struct OfferIndex: Sendable {
    /// A tool that fits.
    struct Match {
        let definition: ByteBuffer
        /// How well it fits, as that is shown.
        let score: Double
    }

    private struct Tool {
        var entry: OfferedList.Entry
        var definition: ByteBuffer
        /// Whether clients without a session are not shown it.
        var isForSessions: Bool
        var seenIn: Int
    }

    private var index = SearchIndex()
    /// By the number in the index.
    private var tools: [Tool?] = []
    private var numbers: [ByteText: Int] = [:]
    /// The number of the lists of which it is made; those that are made later have higher ones.
    private(set) var edition = 0

    /// Returns the tools that fit best, and the words of the query that no tool has.
    ///
    /// - Parameter isWanted: Whether the client is offered a tool.
    func find(
        _ query: String, limit: Int, for era: Era, where isWanted: (OfferedList.Entry) -> Bool
    ) -> (tools: [Match], unmatched: [String]) {
        let answer = index.search(query.utf8, limit: limit) { number in
            guard let tool = tools[number] else { return false }
            return (era == .legacy || !tool.isForSessions) && isWanted(tool.entry)
        }
        let matches = answer.found.compactMap { match in
            tools[match.number].map { Match(definition: $0.definition, score: match.shownScore) }
        }
        return (matches, answer.unmatched)
    }

    /// Returns the definition of a tool; nil when nothing is offered under the name.
    func definition(of name: String, for era: Era, where isWanted: (OfferedList.Entry) -> Bool) -> ByteBuffer? {
        guard let tool = numbers[ByteText(name)].flatMap({ tools[$0] }), era == .legacy || !tool.isForSessions,
            isWanted(tool.entry)
        else { return nil }
        return tool.definition
    }

    /// Changes what has changed.
    mutating func bring(to lists: OfferLists) {
        edition = lists.number
        let valid = lists.toolsOfSessions.map { _ in lists.list(of: .tools).names }
        (lists.toolsOfSessions ?? lists.list(of: .tools)).forEach { entry, definition in
            let isForSessions = valid.map { !$0.contains(ByteText(entry.name)) } ?? false
            take(Tool(entry: entry, definition: definition, isForSessions: isForSessions, seenIn: edition))
        }
        for (number, tool) in tools.enumerated() {
            guard let tool, tool.seenIn != edition else { continue }
            index.remove(number)
            tools[number] = nil
            numbers[ByteText(tool.entry.name)] = nil
        }
    }

    private mutating func take(_ tool: Tool) {
        let name = ByteText(tool.entry.name)
        if let number = numbers[name] {
            if tools[number]?.definition == tool.definition { return tools[number] = tool }
            index.remove(number)
            tools[number] = nil
        }
        let number = index.add(JSONText(accepted: tool.definition).root)
        while tools.count <= number { tools.append(nil) }
        tools[number] = tool
        numbers[name] = number
    }
}
