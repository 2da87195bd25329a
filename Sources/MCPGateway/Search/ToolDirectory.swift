import MCPCore
import MCPValues
package import NIOCore
import Synchronization
import ToolSearch

/// Finds tools among those of all servers for who operates them: as the servers listed them last, whoever may use them.
/// Nobody is asked for this.
package final class ToolDirectory: Sendable {
    /// A tool of a server.
    package struct Tool: Sendable {
        /// The server's name as people may see it.
        package let server: String
        /// As the server gave it.
        package let definition: ByteBuffer
        /// Whether it is kept from clients until somebody approves it.
        package let isWithheld: Bool

        package init(server: String, definition: ByteBuffer, isWithheld: Bool) {
            self.server = server
            self.definition = definition
            self.isWithheld = isWithheld
        }
    }

    /// Says of which catalog of which server something is made, and what of it is shown.
    private struct Source: Equatable, Sendable {
        let server: ObjectIdentifier
        let edition: Int
        let filter: ToolFilter?
    }

    /// Holds what is searched.
    private struct Index: Sendable {
        var sources: [Source] = []
        var index = SearchIndex()
        /// By the number in the index.
        var tools: [Tool] = []
    }

    /// The last one, for as long as the lists are what they are.
    private let newest = Mutex(Index())

    package init() {}

    /// Returns the tools that these servers list, in their order.
    package func tools(of members: [Member]) -> [Tool] { members.flatMap(Self.tools) }

    /// Returns the tools that fit best, best first, and the words of the query that no tool has.
    ///
    /// It takes a while where the lists are other ones than the last time.
    package func find(_ query: String, limit: Int, of members: [Member]) -> (tools: [Tool], unmatched: [String]) {
        let index = index(of: members)
        let answer = index.index.search(query.utf8, limit: limit) { _ in true }
        return (answer.found.map { index.tools[$0.number] }, answer.unmatched)
    }

    private func index(of members: [Member]) -> Index {
        let sources = members.map {
            Source(server: ObjectIdentifier($0.server), edition: $0.server.catalog.edition, filter: $0.toolFilter)
        }
        let known = newest.withLock { $0 }
        if known.sources == sources { return known }
        var made = Index(sources: sources)
        for tool in tools(of: members) {
            // In a new index the numbers go up by one.
            _ = made.index.add(JSONText(accepted: tool.definition).root)
            made.tools.append(tool)
        }
        newest.withLock { [made] in $0 = made }
        return made
    }

    private static func tools(of member: Member) -> [Tool] {
        let server = member.server
        guard let list = server.catalog.current?[.tools] else { return [] }
        return list.entries.filter { member.toolFilter?.admits($0.key.text) ?? true }.map { entry in
            Tool(
                server: server.displayName, definition: list.view(entry).bytes,
                isWithheld: server.pins.withholds(entry, of: .tools))
        }
    }
}
