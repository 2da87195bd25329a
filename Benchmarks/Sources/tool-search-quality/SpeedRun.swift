import BenchmarkKit
import MCPCore
import NIOCore
import ToolSearch

/// How long a search over many tools takes: the given tools again and again, each with a word of its own.
struct SpeedRun {
    private static let tools = 10_000

    let lines: [String]

    init(_ data: SearchData) {
        let clock = ContinuousClock()
        var index = SearchIndex()
        let adding = clock.measure {
            for number in 0..<Self.tools { _ = index.add(Self.tool(number, data)) }
        }
        let first = clock.measure { _ = index.search("delete a file".utf8, limit: 5) { _ in true } }
        var times: [Duration] = []
        for query in data.queries {
            times.append(clock.measure { _ = index.search(query.text.utf8, limit: 5) { _ in true } })
        }
        times.sort()
        let long = String(repeating: data.queries.map(\.text).joined(separator: " ") + " ", count: 100)
        let longest = clock.measure { _ = index.search(long.utf8, limit: 5) { _ in true } }
        lines = [
            "| \(Self.tools) tools | ms |", "|---|---:|",
            "| a search, median of \(times.count) queries | \(Self.milliseconds(times[times.count / 2])) |",
            "| a search, slowest of them | \(Self.milliseconds(times[times.count - 1])) |",
            "| the first search of a process, which also reads the synonyms | \(Self.milliseconds(first)) |",
            "| a query of \(long.utf8.count / 1_000) kB | \(Self.milliseconds(longest)) |",
            "| to add one tool, on average | \(Self.milliseconds(adding / Self.tools)) |",
        ]
    }

    private static func tool(_ number: Int, _ data: SearchData) -> JSONView {
        let tool = data.tools[number % data.tools.count]
        var object = JSONObjectWriter()
        tool.definition.forEachMember { member, value in
            if member == "name" {
                object.add(member, "\(tool.server)__\(tool.name)_\(number)")
            } else {
                object.add(member, json: value.bytes)
            }
        }
        return JSONText(accepted: object.finished).root
    }

    private static func milliseconds(_ time: Duration) -> String { fixed(time / .milliseconds(1), 3) }
}
