import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// What a server is, told to a client of the other era.
@Suite struct DiscoverResultTests {
    /// What clients without session are told of a server with a handshake.
    private func discovered(_ capabilities: String, more: String = "") throws -> JSONView {
        let harness = GatewayHarness()
        let reply = try harness.ask(Ask(method: "server/discover", params: ""))
        let link = try harness.script.link
        harness.upstreams.perform { link.openNow() }
        let id = try #require(link.lastRequestID(.initialize))
        try harness.serverAnswers(
            id,
            result: #"{"protocolVersion":"2025-11-25","capabilities":\#(capabilities),"#
                + #""serverInfo":{"name":"s","version":"1","x":1.0}\#(more)}"#)
        #expect(reply.answers.count == 1 && harness.gateway.calls.total == 0)
        let answer = try Message(reply.answers.first ?? "")
        return try #require(answer.view(answer.envelope.result))
    }

    @Test("A server with a handshake is described from its own words, with every revision that clients may use")
    func fromLegacy() throws {
        let result = try discovered(
            #"{"tools":{"listChanged":true},"logging":{},"x":{"n":1e400}}"#, more: #","instructions":"\u0061""#)
        #expect(
            result.bytes.text
                == #"{"resultType":"complete","supportedVersions":["2026-07-28","2025-11-25","2025-06-18","2025-03-26","2024-11-05"],"#
                + #""capabilities":{"tools":{"listChanged":true},"logging":{},"x":{"n":1e400}},"instructions":"\u0061","#
                + #""_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","version":"1","x":1.0}},"#
                + #""ttlMs":0,"cacheScope":"private"}"#)
    }

    @Test("Tasks exist in both eras and cannot be translated, so that they are not announced")
    func withoutTasks() throws {
        let capabilities = try discovered(
            #"{"tasks":{"list":{}},"extensions":{"io.modelcontextprotocol/tasks":{},"a/b":{}},"tools":{}}"#)[
                "capabilities"]
        #expect(capabilities?.bytes.text == #"{"extensions":{"a/b":{}},"tools":{}}"#)
    }

    /// What a client with a session is told of a stateless server.
    private func initialized(_ discovery: String, version: String = "2025-06-18") throws -> JSONView {
        let harness = GatewayHarness(era: .always(.modern))
        let outcome = try harness.beginOpening(version: version)
        let link = try harness.script.link
        harness.serverIsThere()
        try harness.serverAnswers(try #require(link.lastRequestID(.serverDiscover)), result: discovery)
        let answer = try #require(try outcome.answer)
        return try #require(answer.view(answer.envelope.result))
    }

    @Test("A stateless server is described as a handshake does it, in the revision that the client asked for")
    func fromModern() throws {
        let result = try initialized(
            #"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{},"extensions":{"io.modelcontextprotocol/tasks":{}}},"#
                + #""instructions":"i","ttlMs":1,"cacheScope":"public","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s"}}}"#
        )
        #expect(
            result.bytes.text
                == #"{"protocolVersion":"2025-06-18","capabilities":{"tools":{},"extensions":{}},"serverInfo":{"name":"s"},"instructions":"i"}"#
        )
    }

    @Test(
        "A client that asks for a revision that nobody knows is offered the latest with a handshake",
        arguments: ["1", "2026-07-28", "2099-01-01"])
    func unknownVersion(version: String) throws {
        let result = try initialized(
            #"{"supportedVersions":["2026-07-28"],"capabilities":{}}"#, version: version)
        #expect(result["protocolVersion"]?.string == "2025-11-25")
        #expect(result["serverInfo"]?["name"]?.string == "unknown", "a handshake must name the server")
    }

    @Test("A stateless server is asked anew for each session, because nothing else would tell that it has changed")
    func askedAnew() throws {
        let first = try initialized(#"{"supportedVersions":["2026-07-28"],"capabilities":{"prompts":{}}}"#)
        #expect(first["capabilities"]?.bytes.text == #"{"prompts":{}}"#)
    }

    @Test("A server that answers nonsense the second time is taken for what it said before")
    func nonsense() throws {
        let result = try initialized("{}")
        #expect(result["capabilities"]?["logging"] != nil)
    }
}
