import MCPCore
import MCPTestSupport
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct HeaderMarksTests {
    private let headerMarks = HeaderMarks(server: "server", logger: .silent)

    @Test("Tools that are not admitted are cut out and everything else stays as it came")
    func apply() throws {
        let answer = try Message(
            #"{"jsonrpc":"2.0","id":1,"result":{"x":1.0,"tools":[ {"name":"\u0061","n":1e400} ,{"name":"b"}, {"name":"c"}],"nextCursor":"z"}}"#
        )
        let filter = ToolFilter(mode: .block, names: ["b"])
        #expect(
            answer.spliced(headerMarks.edits(ofList: answer, filter: filter, dropsInvalidMarks: true)).text
                == #"{"jsonrpc":"2.0","id":1,"result":{"x":1.0,"tools":[{"name":"\u0061","n":1e400},{"name":"c"}],"nextCursor":"z"}}"#
        )
        let escaped = ToolFilter(mode: .block, names: ["a", "b", "c"])
        let emptied = answer.spliced(headerMarks.edits(ofList: answer, filter: escaped, dropsInvalidMarks: true))
        #expect(emptied.text.contains(#""tools":[]"#))
    }

    @Test(
        "An answer that lists no tools is left alone",
        arguments: [
            #""result":{}"#, #""result":{"tools":{}}"#, #""result":{"tools":null}"#,
            #""error":{"code":1,"message":"m"}"#,
        ])
    func noTools(body: String) throws {
        let answer = try Message(#"{"jsonrpc":"2.0","id":1,\#(body)}"#)
        let none = ToolFilter(mode: .allow, names: [])
        #expect(headerMarks.edits(ofList: answer, filter: none, dropsInvalidMarks: true).isEmpty)
    }

    @Test("A tool without a name is not admitted by an allow list")
    func nameless() throws {
        let answer = try Message(#"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"title":"x"},{"name":5},"y"]}}"#)
        let filter = ToolFilter(mode: .allow, names: ["a"])
        let filtered = answer.spliced(headerMarks.edits(ofList: answer, filter: filter, dropsInvalidMarks: true))
        #expect(filtered.text.contains(#""tools":[]"#))
    }
}
