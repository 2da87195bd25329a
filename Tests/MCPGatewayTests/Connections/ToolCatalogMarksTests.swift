import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPGateway

/// Tools whose arguments are repeated in header fields.
@Suite struct ToolCatalogMarksTests {
    private let catalog = ToolCatalog(server: "s", logger: .silent)
    private static let good =
        #"{"name":"good","inputSchema":{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"Area"}}}}"#
    private static let bad =
        #"{"name":"bad","inputSchema":{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"not a token"}}}}"#

    private func list(_ tools: String...) throws -> Message {
        try Message(#"{"jsonrpc":"2.0","id":1,"result":{"tools":[\#(tools.joined(separator: ","))],"x":1.0}}"#)
    }

    private func call(_ name: String, _ arguments: String) throws -> Message {
        try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\#(name)","arguments":\#(arguments)}}"#)
    }

    @Test("A tool with invalid marks is left out where they matter, and stays where they do not")
    func invalid() throws {
        let answer = try list(Self.good, Self.bad)
        let modern = answer.spliced(catalog.edits(ofList: answer, filter: nil, dropsInvalidMarks: true)).text
        #expect(modern == #"{"jsonrpc":"2.0","id":1,"result":{"tools":[\#(Self.good)],"x":1.0}}"#)
        #expect(catalog.edits(ofList: answer, filter: nil, dropsInvalidMarks: false).isEmpty)
    }

    @Test("The fields that a tool demands are made from the arguments; what a client sent for them does not count")
    func parameters() throws {
        catalog.learn(from: try list(Self.good))
        let received = [(name: "mcp-param-area", value: "forged"), (name: "mcp-param-other", value: "o")]
        let made = catalog.parameters(for: try call("good", #"{"a":"north"}"#), received: received)
        #expect(made.count == 2 && made[0].name.lowercased() == "mcp-param-area" && made[0].value == "north")
        #expect(made[1].name == "mcp-param-other" && made[1].value == "o")
        let without = catalog.parameters(for: try call("good", #"{"a":null}"#), received: received)
        #expect(without.map(\.value) == ["o"])
        let unknown = catalog.parameters(for: try call("other", "{}"), received: received)
        #expect(unknown.map(\.value) == ["forged", "o"])
    }

    @Test("Fields that do not agree with the arguments are found, for the tools that are known")
    func mismatch() throws {
        let request = try call("good", #"{"a":"north"}"#)
        #expect(catalog.mismatch(request, received: []) == nil, "nothing is known yet")
        catalog.learn(from: try list(Self.good))
        #expect(catalog.mismatch(request, received: [("mcp-param-area", "north")]) == nil)
        #expect(catalog.mismatch(request, received: []) != nil)
        #expect(catalog.mismatch(request, received: [("mcp-param-area", "south")]) != nil)
        #expect(catalog.mismatch(try call("good", "{}"), received: [("mcp-param-area", "x")]) != nil)
        #expect(catalog.mismatch(try call("other", "{}"), received: [("mcp-param-area", "x")]) == nil)
    }

    @Test("Marks that a tool has lost are forgotten, and an invalid tool that is mended counts again")
    func relearned() throws {
        catalog.learn(from: try list(Self.good, Self.bad))
        catalog.learn(
            from: try list(
                #"{"name":"good","inputSchema":{"type":"object"}}"#, Self.good.replacing("good", with: "bad")))
        #expect(catalog.mismatch(try call("good", #"{"a":"x"}"#), received: []) == nil)
        #expect(catalog.mismatch(try call("bad", #"{"a":"x"}"#), received: []) != nil)
    }

    @Test("A client whose fields do not agree is refused before the server hears of it")
    func refusedAtTheGateway() throws {
        let harness = GatewayHarness()
        harness.server.catalog.learn(from: try list(Self.good))
        let ask = Ask(params: #""name":"good","arguments":{"a":"north"}"#, parameters: [("mcp-param-area", "south")])
        let reply = try harness.ask(ask)
        #expect(reply.codes == [.headerMismatch] && harness.gateway.calls.total == 0)
        #expect(harness.script.links.isEmpty)
        let (right, id) = try harness.askWithID(
            Ask(params: #""name":"good","arguments":{"a":"north"}"#, parameters: [("mcp-param-area", "north")]))
        try harness.serverAnswers(id)
        #expect(right.codes == [nil])
    }
}
