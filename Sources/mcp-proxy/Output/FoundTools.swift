import ClientFiles
import MCPCore
import MCPGateway
import MCPUpstream
import MCPValues
import NIOCore
import ToolSearch

/// The tools that fit a query best, by the ranking with which clients find them.
struct FoundTools {
    /// A tool, and how well it fits.
    struct Match {
        let tool: JSONView
        /// Whose it is, where there are several servers with names of their own.
        var server: String?
        let score: Double
    }

    var matches: [Match] = []
    /// The words of the query that no tool has.
    var unmatched: [String] = []

    /// Looks among definitions that are there.
    init(_ query: String, limit: Int, among tools: [(server: String?, tool: JSONView)]) {
        var index = SearchIndex()
        var places: [Int: Int] = [:]
        for (place, entry) in tools.enumerated() { places[index.add(entry.tool)] = place }
        let answer = index.search(query.utf8, limit: limit) { _ in true }
        unmatched = answer.unmatched
        matches = answer.found.compactMap { found in
            places[found.number].map {
                Match(tool: tools[$0].tool, server: tools[$0].server, score: found.shownScore)
            }
        }
    }

    /// Asks a proxy that lists tools to search with in place of the tools.
    init(_ query: String, limit: Int, asking client: OneClient) async throws {
        var arguments = JSONObjectWriter()
        arguments.add("query", query)
        arguments.add("limit", limit)
        let result = try await client.call(SearchTool.find.rawValue, arguments.finished)
        guard let found = result["structuredContent"] else {
            let words = result["content"]?.elements.first?["text"]?.string
            throw CommandFailure(words ?? "the proxy has not answered the search")
        }
        for tool in found["tools"]?.elements ?? [] {
            let score = tool["score"].flatMap { Double(String(buffer: $0.bytes)) } ?? 0
            matches.append(Match(tool: tool, score: score))
        }
        unmatched = found["unmatched"]?.elements.compactMap(\.string) ?? []
    }

    /// Whether a list is that of a proxy whose tools are found by search.
    static func isSearched(_ tools: [JSONView]) -> Bool {
        let names = tools.compactMap { $0["name"]?.string }
        return SearchTool.allCases.allSatisfy { tool in names.contains { $0.hasBytes(of: tool.rawValue) } }
    }

    var json: ByteBuffer {
        let tools = matches.map { match in
            var object = JSONObjectWriter()
            object.add("server", match.server)
            object.add("score", json: ByteBuffer(string: "\(match.score)"))
            object.add("definition", json: match.tool.bytes)
            return object.finished
        }
        var object = JSONObjectWriter()
        object.add("tools", elements: tools)
        object.add("unmatched", unmatched)
        return object.finished
    }
}
