import Testing

@testable import MCPCore

@Suite struct JSONKeyTableTests {
    private func insert(_ name: String, into table: inout JSONKeyTable) -> Bool {
        unsafe Array(name.utf8).withUnsafeBytes { unsafe table.insert($0) }
    }

    @Test("Names are forgotten when their object ends, and the outer object's are not", arguments: [3, 16, 17, 40])
    func nesting(count: Int) {
        var table = JSONKeyTable()
        table.openObject()
        for index in 0..<count { #expect(insert("n\(index)", into: &table)) }
        for _ in 0..<3 {
            table.openObject()
            for index in 0..<count { #expect(insert("n\(index)", into: &table)) }
            #expect(!insert("n0", into: &table))
            table.closeObject()
        }
        #expect(!insert("n\(count - 1)", into: &table))
        table.closeObject()
    }
}
