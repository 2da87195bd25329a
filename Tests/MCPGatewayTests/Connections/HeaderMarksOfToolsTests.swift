import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPGateway

/// Tools whose arguments are repeated in header fields.
@Suite struct HeaderMarksOfToolsTests {
    private let headerMarks = HeaderMarks(server: "s", logger: .silent)
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
        let modern = answer.spliced(headerMarks.edits(ofList: answer, filter: nil, dropsInvalidMarks: true)).text
        #expect(modern == #"{"jsonrpc":"2.0","id":1,"result":{"tools":[\#(Self.good)],"x":1.0}}"#)
        #expect(headerMarks.edits(ofList: answer, filter: nil, dropsInvalidMarks: false).isEmpty)
    }

    @Test("The fields that a tool demands are made from the arguments; what a client sent for them does not count")
    func parameters() throws {
        headerMarks.learn(from: try list(Self.good))
        let received = [(name: "mcp-param-area", value: "forged"), (name: "mcp-param-other", value: "o")]
        let made = headerMarks.parameters(for: try call("good", #"{"a":"north"}"#), received: received)
        #expect(made.count == 2 && made[0].name.lowercased() == "mcp-param-area" && made[0].value == "north")
        #expect(made[1].name == "mcp-param-other" && made[1].value == "o")
        let without = headerMarks.parameters(for: try call("good", #"{"a":null}"#), received: received)
        #expect(without.map(\.value) == ["o"])
        let unknown = headerMarks.parameters(for: try call("other", "{}"), received: received)
        #expect(unknown.map(\.value) == ["forged", "o"])
    }

    @Test("Fields that do not agree with the arguments are found, for the tools that are known")
    func mismatch() throws {
        let request = try call("good", #"{"a":"north"}"#)
        #expect(headerMarks.mismatch(request, received: []) == nil, "nothing is known yet")
        headerMarks.learn(from: try list(Self.good))
        #expect(headerMarks.mismatch(request, received: [("mcp-param-area", "north")]) == nil)
        #expect(headerMarks.mismatch(request, received: []) != nil)
        #expect(headerMarks.mismatch(request, received: [("mcp-param-area", "south")]) != nil)
        #expect(headerMarks.mismatch(try call("good", "{}"), received: [("mcp-param-area", "x")]) != nil)
        #expect(headerMarks.mismatch(try call("other", "{}"), received: [("mcp-param-area", "x")]) == nil)
    }

    @Test("Marks that a tool has lost are forgotten, and an invalid tool that is mended counts again")
    func relearned() throws {
        headerMarks.learn(from: try list(Self.good, Self.bad))
        headerMarks.learn(
            from: try list(
                #"{"name":"good","inputSchema":{"type":"object"}}"#, Self.good.replacing("good", with: "bad")))
        #expect(headerMarks.mismatch(try call("good", #"{"a":"x"}"#), received: []) == nil)
        #expect(headerMarks.mismatch(try call("bad", #"{"a":"x"}"#), received: []) != nil)
    }

    @Test("A client whose fields do not agree is refused before the server hears of it")
    func refusedAtTheGateway() throws {
        let harness = GatewayHarness()
        harness.server.headerMarks.learn(from: try list(Self.good))
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

/// Names that Swift takes for one, and names without end.
@Suite struct HeaderMarksByNameTests {
    private let headerMarks = HeaderMarks(server: "s", logger: .silent, maximumBytes: 10_000)

    private func list(_ name: String, _ header: String) throws -> Message {
        let schema = #"{"type":"object","properties":{"a":{"type":"string","x-mcp-header":"\#(header)"}}}"#
        return try Message(
            #"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"\#(name)","inputSchema":\#(schema)}]}}"#)
    }

    private func fields(_ name: String) throws -> [String] {
        let call = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\#(name)","arguments":{"a":"v"}}}"#)
        return headerMarks.parameters(for: call, received: []).map(\.name)
    }

    @Test("Each spelling of a name has the marks of its own tool")
    func spellings() throws {
        headerMarks.learn(from: try list("caf\u{E9}", "First"))
        #expect(try fields("cafe\u{301}").isEmpty)
        headerMarks.learn(from: try list("cafe\u{301}", "Second"))
        #expect(try fields("caf\u{E9}") == ["Mcp-Param-First"] && fields("cafe\u{301}") == ["Mcp-Param-Second"])
    }

    @Test("A server that lists ever other tools does not fill the memory, and what is listed again is known again")
    func bounded() throws {
        let filling = String(repeating: "x", count: 1_000)
        for number in 0..<20 { headerMarks.learn(from: try list("\(number)-\(filling)", "H")) }
        #expect(try fields("0-\(filling)").isEmpty && fields("19-\(filling)") == ["Mcp-Param-H"])
        headerMarks.learn(from: try list("0-\(filling)", "H"))
        #expect(try fields("0-\(filling)") == ["Mcp-Param-H"])
        let long = String(repeating: "x", count: HeaderMarks.maximumToolBytes + 1)
        let answer = try list(long, "H")
        #expect(headerMarks.edits(ofList: answer, filter: nil, dropsInvalidMarks: true).count == 1)
    }
}

extension HeaderMarks {
    /// Notes the marks of the tools in an answer to `tools/list`.
    fileprivate func learn(from answer: Message) {
        _ = edits(ofList: answer, filter: nil, dropsInvalidMarks: false)
    }
}
