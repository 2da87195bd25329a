import NIOHTTP1
import Testing

@testable import MCPFrontEnd

@Suite struct HTTPRequestFieldsTests {
    private func fields(_ headers: [(String, String)]) -> HTTPRequestFields {
        HTTPRequestFields(
            HTTPRequestHead(version: .http1_1, method: .POST, uri: "/path", headers: HTTPHeaders(headers)))
    }

    @Test(
        "Each known field is found by its name in any case",
        arguments: [
            ("Host", KnownHeader.host), ("ORIGIN", .origin), ("sec-fetch-site", .secFetchSite),
            ("Authorization", .authorization), ("content-Type", .contentType), ("Content-Length", .contentLength),
            ("Content-Encoding", .contentEncoding), ("Transfer-Encoding", .transferEncoding), ("Expect", .expect),
            ("accept", .accept), ("MCP-Session-ID", .sessionID), ("Mcp-Protocol-Version", .protocolVersion),
            ("mcp-method", .mcpMethod), ("Mcp-Name", .mcpName),
        ])
    func known(name: String, known: KnownHeader) {
        let fields = fields([("X-First", "no"), (name, "yes"), ("X-Last", "no")])
        #expect(fields[known] == "yes")
        #expect(!fields.isRepeated(known))
        #expect(fields.all(known) == ["yes"])
    }

    @Test(
        "A name of the same length is not taken for another, nor one that differs by the bit of a letter's case",
        arguments: ["Hosu", "ho\u{13}t", "mcp\rname", "mcp\rsession-id", "acceps", "x-content-lengt"])
    func unknown(name: String) {
        #expect(KnownHeader(name) == nil)
    }

    @Test("A field that comes twice is known to, and all its values are found in their order")
    func repeated() {
        let fields = fields([("accept", "a"), ("host", "h"), ("ACCEPT", "b"), ("Accept", "c")])
        #expect(fields.isRepeated(.accept))
        #expect(!fields.isRepeated(.host))
        #expect(fields[.accept] == "a")
        #expect(fields.all(.accept) == ["a", "b", "c"])
        #expect(fields.all(.origin) == [])
    }

    @Test("Sizes count names, values and what stands between them; the target counts as well")
    func sizes() {
        let fields = fields([("ab", "cde"), ("f", "")])
        #expect(fields.longest == 9)
        #expect(fields.size == 5 + 9 + 5)
    }
}
