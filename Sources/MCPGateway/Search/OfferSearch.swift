import MCPCore
import MCPValues
import NIOCore
import Synchronization
import ToolSearch

/// The index of what a view offers. It outlives the lists of which it is made: when they are other ones, what has changed in
/// them is changed in it, tool by tool.
final class OfferSearch: Sendable {
    /// A tool that fits.
    struct Match {
        let definition: ByteBuffer
        /// As it is shown.
        let score: Double
    }

    private struct Tool {
        var entry: OfferedList.Entry
        var definition: ByteBuffer
        /// Whether clients without a session are not shown it.
        var isForSessions: Bool
        var seenIn: Int
    }

    private struct State {
        var index = SearchIndex()
        /// By the number in the index.
        var tools: [Tool?] = []
        var numbers: [ByteText: Int] = [:]
        /// Of what it is made; kept, so that nothing else is taken for it.
        var lists: OfferLists?
        /// Counts what it was made of.
        var round = 0
    }

    private let state = Mutex(State())

    /// Brings the index up to date before somebody searches.
    func prepare(for lists: OfferLists) { state.withLock { Self.bring(&$0, to: lists) } }

    /// The tools that fit best, and the words of the query that no tool has.
    ///
    /// - Parameter isWanted: Whether the client is offered a tool.
    func find(
        _ query: String, limit: Int, in lists: OfferLists, for era: Era, where isWanted: (OfferedList.Entry) -> Bool
    ) -> (tools: [Match], unmatched: [String]) {
        state.withLock { state in
            Self.bring(&state, to: lists)
            let answer = state.index.search(query.utf8, limit: limit) { number in
                guard let tool = state.tools[number] else { return false }
                return (era == .legacy || !tool.isForSessions) && isWanted(tool.entry)
            }
            let matches = answer.found.compactMap { match in
                state.tools[match.number].map { Match(definition: $0.definition, score: match.shownScore) }
            }
            return (matches, answer.unmatched)
        }
    }

    /// The definition of a tool; nil when nothing is offered under the name.
    func definition(
        of name: String, in lists: OfferLists, for era: Era, where isWanted: (OfferedList.Entry) -> Bool
    ) -> ByteBuffer? {
        state.withLock { state in
            Self.bring(&state, to: lists)
            guard let tool = state.numbers[ByteText(name)].flatMap({ state.tools[$0] }),
                era == .legacy || !tool.isForSessions, isWanted(tool.entry)
            else { return nil }
            return tool.definition
        }
    }

    /// Changes what has changed.
    private static func bring(_ state: inout State, to lists: OfferLists) {
        guard state.lists !== lists else { return }
        state.lists = lists
        state.round += 1
        let valid = lists.toolsOfSessions.map { _ in lists.list(of: .tools).names }
        (lists.toolsOfSessions ?? lists.list(of: .tools)).forEach { entry, definition in
            let name = ByteText(entry.name)
            let tool = Tool(
                entry: entry, definition: definition, isForSessions: valid.map { !$0.contains(name) } ?? false,
                seenIn: state.round)
            if let number = state.numbers[name] {
                if state.tools[number]?.definition == definition { return state.tools[number] = tool }
                state.index.remove(number)
                state.tools[number] = nil
            }
            let number = state.index.add(JSONText(accepted: definition).root)
            while state.tools.count <= number { state.tools.append(nil) }
            state.tools[number] = tool
            state.numbers[name] = number
        }
        for (number, tool) in state.tools.enumerated() {
            guard let tool, tool.seenIn != state.round else { continue }
            state.index.remove(number)
            state.tools[number] = nil
            state.numbers[ByteText(tool.entry.name)] = nil
        }
    }
}
