import Testing

@testable import ToolSearch

@Suite struct QueryTextTests {
    @Test(
        "Paths and addresses are left out but for the ending of a file",
        arguments: [
            ("write to /srv/excel/goods.xlsx now", "write to xlsx now"), ("read ~/notes", "read "),
            ("fetch https://example.com/a.html", "fetch "), ("open \"./a/b.py\"", "open py"), ("and/or", "and/or"),
            ("read and/or write", "read and/or write"), ("a  b", "a  b"), ("/a.verylongending", ""),
        ])
    func addresses(query: String, expected: String) {
        #expect(QueryText.withoutAddresses(query) == expected)
    }
}
