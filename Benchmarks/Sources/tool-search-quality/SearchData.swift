import BenchmarkKit
import FoundationEssentials
import MCPCore
import NIOCore

/// Tool definitions and labelled queries, out of a folder with `tools.json` and `queries-dev.json`.
struct SearchData {
    struct Tool {
        let server: String
        let name: String
        let definition: JSONView

        var label: String { "\(server)/\(name)" }
    }

    struct Query {
        let text: String
        let labels: Set<String>
        let isOwn: Bool
        /// Weights are chosen on one half and judged on the other: every second query of an origin, in the order of the
        /// file.
        let isForTuning: Bool
    }

    let tools: [Tool]
    let queries: [Query]

    init(folder: String) {
        tools = Self.read("\(folder)/tools.json").elements.map { entry in
            guard let server = entry["server"]?.string, let tool = entry["tool"], let name = tool["name"]?.string else {
                Arguments.refuse("tools.json: an entry without server, tool or name")
            }
            return Tool(server: server, name: name, definition: tool)
        }
        var counts = [false: 0, true: 0]
        queries = Self.read("\(folder)/queries-dev.json").elements.map { entry in
            guard let text = entry["query"]?.string, let labels = entry["tools"]?.elements.compactMap(\.string) else {
                Arguments.refuse("queries-dev.json: an entry without query or tools")
            }
            let isOwn = entry["origin"]?.string == "own"
            defer { counts[isOwn, default: 0] += 1 }
            return Query(
                text: text, labels: Set(labels), isOwn: isOwn, isForTuning: counts[isOwn, default: 0].isMultiple(of: 2))
        }
    }

    private static func read(_ path: String) -> JSONView {
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            return try JSONText(scanning: ByteBuffer(bytes: data)).root
        } catch {
            Arguments.refuse("\(path): \(error)")
        }
    }
}
