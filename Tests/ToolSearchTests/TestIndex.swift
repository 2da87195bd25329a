import MCPCore
import NIOCore

@testable import ToolSearch

/// An index whose tools are known by their names.
struct TestIndex {
    private(set) var index = SearchIndex()
    private var tools: [Int: (name: String, definition: String)] = [:]

    var names: [String] { tools.values.map(\.name) }

    init(_ names: [String] = []) {
        for name in names { add(#"{"name":"\#(name)"}"#) }
    }

    /// A new one with the tools that another one has now.
    init(copying other: TestIndex) {
        for number in other.tools.keys.sorted() { add(other.tools[number]?.definition ?? "") }
    }

    @discardableResult
    mutating func add(_ definition: String) -> Int {
        let tool = JSONText(accepted: ByteBuffer(string: definition)).root
        let number = index.add(tool)
        tools[number] = (tool["name"]?.string ?? "", definition)
        return number
    }

    mutating func remove(_ name: String) {
        for (number, tool) in tools where tool.name == name {
            index.remove(number)
            tools[number] = nil
        }
    }

    func search(_ query: String, limit: Int = 10, where admits: (String) -> Bool = { _ in true }) -> SearchAnswer {
        index.search(query.utf8, limit: limit) { admits(tools[$0]?.name ?? "") }
    }

    /// The names of what is found, best first.
    func find(_ query: String, limit: Int = 10, where admits: (String) -> Bool = { _ in true }) -> [String] {
        search(query, limit: limit, where: admits).found.map { tools[$0.number]?.name ?? "none" }
    }

    /// All that is found, by its name.
    func scores(_ query: String) -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: search(query, limit: .max).found.map { (tools[$0.number]?.name ?? "", $0.score) })
    }
}
