import ProxyConfiguration
import Testing

@testable import ClientFiles

@Suite struct ClientTargetTests {
    private let snippet = #"{"mcpServers": {"mcp-proxy": {"url": "http://h/mcp"}}}"#

    private func added(_ text: String?, _ snippet: String) throws -> (text: String, added: [String], kept: [String]) {
        let target = try ClientTarget(text: text.map { Array($0.utf8) }, source: "file.json")
        let outcome = try target.adding(document(snippet))
        return (String(decoding: outcome.text, as: UTF8.self), outcome.added, outcome.kept)
    }

    @Test("An entry is added at the end, and every other byte stays")
    func end() throws {
        let old =
            "{\n  // mine\n  \"theme\": \"dark\",\n  \"mcpServers\": {\n    \"a\": {\"command\": \"x\"},\n  }\n}\n"
        let outcome = try added(old, snippet)
        #expect(outcome.added == ["mcp-proxy"] && outcome.kept.isEmpty)
        #expect(outcome.text.hasPrefix(old.dropLast("  }\n}\n".count)) && outcome.text.hasSuffix("  }\n}\n"))
        let servers = try #require(try document(outcome.text)["mcpServers"]?.members)
        #expect(servers.map(\.name) == ["a", "mcp-proxy"])
    }

    @Test(
        "A file that is not there, is empty, or has no list gets one", arguments: [nil, "", "\n", "{}", #"{"x": 1}"#])
    func list(text: String?) throws {
        let outcome = try added(text, snippet)
        #expect(outcome.added == ["mcp-proxy"])
        #expect(
            try compact(document(outcome.text)["mcpServers"] ?? .object([]))
                == #"{"mcp-proxy": {"url": "http://h/mcp"}}"#)
        #expect(try text != #"{"x": 1}"# || document(outcome.text)["x"] != nil)
    }

    @Test("An entry that is there stays as it is")
    func kept() throws {
        let old = #"{"mcpServers": {"mcp-proxy": {"command": "mine"}}}"#
        let outcome = try added(old, snippet)
        #expect(outcome.text == old && outcome.added.isEmpty && outcome.kept == ["mcp-proxy"])
    }

    @Test("What belongs to the entry is added where the file has none of it, else nothing is")
    func inputs() throws {
        let both = #"{"inputs": [{"id": "t"}], "servers": {"mcp-proxy": {"url": "u"}}}"#
        let outcome = try added(#"{"servers": {}}"#, both)
        #expect(try document(outcome.text)["inputs"] != nil && outcome.added == ["mcp-proxy"])
        #expect(throws: ConfigurationError.self) { try added(#"{"inputs": [], "servers": {}}"#, both) }
    }

    @Test("A file of another shape is refused", arguments: ["[]", #"{"mcpServers": []}"#, #"{"mcpServers": 1}"#, "{"])
    func refused(text: String) {
        #expect(throws: ConfigurationError.self) { try added(text, snippet) }
    }
}
