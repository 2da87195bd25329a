import MCPCore
import NIOCore

/// Says what a client wants to know of tools that it is not listed.
enum SearchRequest: Sendable {
    case find(query: String, limit: Int)
    case describe(names: [String])
    /// What it wants cannot be told from its arguments; why, in words for the model that wrote them.
    case fault(String)

    /// Reads the arguments of `search_tools`.
    static func find(_ arguments: JSONView?) -> SearchRequest {
        guard let query = arguments?["query"]?.string, query.utf8.contains(where: { $0 > 0x20 }) else {
            return .fault("query must be a text that says what the tool should do, such as \"create an issue\"")
        }
        guard let limit = arguments?["limit"], !limit.isNull else {
            return .find(query: query, limit: SearchTool.usualLimit)
        }
        guard let number = limit.integer, (1...Int64(SearchTool.largestLimit)).contains(number) else {
            return .fault("limit must be a whole number from 1 to \(SearchTool.largestLimit); it is \(shown(limit))")
        }
        return .find(query: query, limit: Int(number))
    }

    /// Reads the arguments of `describe_tools`.
    static func describe(_ arguments: JSONView?) -> SearchRequest {
        guard let list = arguments?["names"], list.isArray else {
            return .fault("names must be an array with the names of tools, such as [\"git__git_status\"]")
        }
        let elements = list.elements
        let names = elements.compactMap(\.string)
        guard names.count == elements.count, (1...SearchTool.largestDescription).contains(names.count) else {
            return .fault("names must have from 1 to \(SearchTool.largestDescription) entries, each the name of a tool")
        }
        return .describe(names: names)
    }

    /// How the call ends with it.
    var end: RequestEnd { if case .fault = self { .failedTool } else { .ok } }

    static func shown(_ value: JSONView) -> String {
        PrintableText.make(String(buffer: value.bytes), maximumBytes: 40)
    }
}
