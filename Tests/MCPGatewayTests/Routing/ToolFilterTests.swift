import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct ToolFilterTests {
    @Test("An allow list admits what it names, a block list everything else")
    func admits() {
        let allow = ToolFilter(mode: .allow, names: ["a"])
        #expect(allow.admits("a") && !allow.admits("b") && !allow.admits("A") && !allow.admits("a "))
        let block = ToolFilter(mode: .block, names: ["a"])
        #expect(!block.admits("a") && block.admits("b"))
    }

    @Test("Names are compared byte by byte")
    func canonicalEquivalence() {
        let block = ToolFilter(mode: .block, names: ["caf\u{E9}"])
        #expect(!block.admits("caf\u{E9}"))
        #expect(block.admits("cafe\u{301}"), "another spelling is another tool")
        let both = ToolFilter(mode: .allow, names: ["caf\u{E9}"])
        #expect(!both.admits("cafe\u{301}"))
    }

    @Test("Tools that are not admitted are cut out and everything else stays as it came")
    func apply() throws {
        let answer = try Message(
            #"{"jsonrpc":"2.0","id":1,"result":{"x":1.0,"tools":[ {"name":"\u0061","n":1e400} ,{"name":"b"}, {"name":"c"}],"nextCursor":"z"}}"#
        )
        let filter = ToolFilter(mode: .block, names: ["b"])
        #expect(
            answer.spliced(filter.apply(to: answer)).text
                == #"{"jsonrpc":"2.0","id":1,"result":{"x":1.0,"tools":[{"name":"\u0061","n":1e400},{"name":"c"}],"nextCursor":"z"}}"#
        )
        let escaped = ToolFilter(mode: .block, names: ["a", "b", "c"])
        #expect(answer.spliced(escaped.apply(to: answer)).text.contains(#""tools":[]"#))
    }

    @Test(
        "An answer that lists no tools is left alone",
        arguments: [
            #""result":{}"#, #""result":{"tools":{}}"#, #""result":{"tools":null}"#,
            #""error":{"code":1,"message":"m"}"#,
        ])
    func noTools(body: String) throws {
        let answer = try Message(#"{"jsonrpc":"2.0","id":1,\#(body)}"#)
        #expect(ToolFilter(mode: .allow, names: []).apply(to: answer).isEmpty)
    }

    @Test("A tool without a name is not admitted by an allow list")
    func nameless() throws {
        let answer = try Message(#"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"title":"x"},{"name":5},"y"]}}"#)
        let filtered = answer.spliced(ToolFilter(mode: .allow, names: ["a"]).apply(to: answer))
        #expect(filtered.text.contains(#""tools":[]"#))
    }
}
