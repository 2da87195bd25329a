import Addresses
import Testing

@testable import Grants

/// What a server says of who protects it, and when it is believed.
@Suite struct ResourceMetadataTests {
    private func metadata(_ text: String, of server: String = "https://mcp.example.com/a/mcp") throws
        -> ResourceMetadata
    {
        try ResourceMetadata(try Samples.json(text), of: try HTTPURL(server), from: try HTTPURL(Samples.resourcePlace))
    }

    @Test(
        "A server is covered by its own name, by a parent of it and by its origin",
        arguments: [
            "https://mcp.example.com/a/mcp", "https://mcp.example.com/a/mcp/", "https://mcp.example.com/a",
            "https://mcp.example.com/a/", "https://mcp.example.com", "https://mcp.example.com/",
            "HTTPS://MCP.Example.COM:443/a/mcp",
        ])
    func covered(resource: String) throws {
        #expect(try metadata(Samples.resource(resource)).resource == resource, "as the server has it")
    }

    @Test(
        "Another resource is not believed",
        arguments: [
            "https://mcp.example.com/a/mc", "https://mcp.example.com/a/mcpx", "https://mcp.example.com/a/mcp/x",
            "https://mcp.example.com/A/mcp", "https://mcp.example.com/%61/mcp", "https://mcp.example.com/a/../a/mcp",
            "https://mcp.example.com//a/mcp", "https://mcp.example.com/b", "http://mcp.example.com/a/mcp",
            "https://example.com/a/mcp", "https://mcp.example.com:8443/a/mcp",
            "https://mcp.example.com.evil.test/a/mcp",
            "https://mcp.example.com/a/mcp?x", "https://mcp.example.com?x", "https://mcp.example.com@evil.test/a/mcp",
            "https://evil.test", "mcp.example.com/a/mcp", "urn:mcp", "", "/a/mcp",
        ])
    func other(resource: String) {
        let words = Samples.words { _ = try metadata(Samples.resource(resource)) }
        #expect(
            words?.contains("is about the resource \"\(resource)\", and not about https://mcp.example.com/a/mcp")
                == true)
    }

    @Test("The query of a server's address and a slash at its end say nothing of what it is")
    func query() throws {
        for server in ["https://mcp.example.com/mcp?key=secret", "https://mcp.example.com/mcp/"] {
            #expect(
                try metadata(Samples.resource("https://mcp.example.com/mcp"), of: server).resource.hasSuffix("/mcp"))
        }
        let words = Samples.words {
            _ = try metadata(Samples.resource("https://evil.test"), of: "https://mcp.example.com/mcp?key=secret")
        }
        #expect(words?.contains("secret") == false)
    }

    @Test("Issuers and scopes are taken as they are, and what is no text is passed over")
    func lists() throws {
        let found = try metadata(
            #"{"resource":"https://mcp.example.com/a/mcp","authorization_servers":[1,"b",null,"a",["c"]],"scopes_supported":["x",{},"y"]}"#
        )
        #expect(found.authorizationServers == ["b", "a"])
        #expect(found.scopesSupported == ["x", "y"])
        #expect(try metadata(Samples.resource("https://mcp.example.com/a/mcp")).scopesSupported == nil)
        #expect(try metadata(Samples.resource("https://mcp.example.com/a/mcp", scopes: [])).scopesSupported == [])
    }

    @Test("No more than a hundred of them are looked at")
    func bounded() throws {
        let many = (0..<101).map { "https://\($0).example" }
        let found = try metadata(Samples.resource("https://mcp.example.com", issuers: many, scopes: many))
        #expect(
            found.authorizationServers == Array(many.prefix(100)) && found.scopesSupported == Array(many.prefix(100)))
    }

    @Test(
        "What says nothing is not used",
        arguments: [
            ("{}", "names no resource"), ("[]", "names no resource"), ("1", "names no resource"),
            (#"{"resource":null,"authorization_servers":["a"]}"#, "names no resource"),
            (#"{"resource":["https://mcp.example.com"],"authorization_servers":["a"]}"#, "names no resource"),
            (#"{"resource":"https://mcp.example.com"}"#, "names no authorization server"),
            (#"{"resource":"https://mcp.example.com","authorization_servers":[]}"#, "names no authorization server"),
            (#"{"resource":"https://mcp.example.com","authorization_servers":"a"}"#, "names no authorization server"),
            (#"{"resource":"https://mcp.example.com","authorization_servers":[1]}"#, "names no authorization server"),
        ])
    func nothing(text: String, words: String) {
        let found = Samples.words { _ = try metadata(text) }
        #expect(found == "\(Samples.resourcePlace) \(words)")
    }

    @Test("What somebody has chosen stands in messages without what would change a terminal")
    func printable() {
        let words = Samples.words { _ = try metadata(#"{"resource":"a\u001b[31mb"}"#) }
        #expect(words?.contains("\u{1B}") == false && words?.contains("[31mb") == true)
    }
}
