import MCPCore
import NIOCore

@testable import ToolSearch

/// An index whose tools are known by their names.
struct TestIndex {
    private(set) var index = SearchIndex()
    private var names: [Int: String] = [:]

    init(_ names: [String] = []) {
        for name in names { add(#"{"name":"\#(name)"}"#) }
    }

    @discardableResult
    mutating func add(_ definition: String) -> Int {
        let tool = JSONText(accepted: ByteBuffer(string: definition)).root
        let number = index.add(tool)
        names[number] = tool["name"]?.string ?? ""
        return number
    }

    mutating func remove(_ name: String) {
        for (number, other) in names where other == name {
            index.remove(number)
            names[number] = nil
        }
    }

    func search(_ query: String, limit: Int = 10, where admits: (String) -> Bool = { _ in true }) -> SearchAnswer {
        index.search(query.utf8, limit: limit) { admits(names[$0] ?? "") }
    }

    /// The names of what is found, best first.
    func find(_ query: String, limit: Int = 10, where admits: (String) -> Bool = { _ in true }) -> [String] {
        search(query, limit: limit, where: admits).found.map { names[$0.number] ?? "none" }
    }
}
