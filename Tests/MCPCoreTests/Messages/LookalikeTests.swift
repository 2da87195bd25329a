import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

/// Members that some servers take for others, by which the proxy decides what a client may.
@Suite struct LookalikeTests {
    private func error(_ text: String) -> MessageError? {
        do throws(MessageError) {
            _ = try Message(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "A member of params that a server may take for one that is read is refused, wherever it stands",
        arguments: [
            (#""name":"log","Name":"push""#, "tools/call", "Name"),
            (#""Name":"push","name":"log""#, "tools/call", "Name"),
            (#""NAME":"push""#, "tools/call", "NAME"),
            (#""name":"log","n\u0041me":"push""#, "tools/call", "nAme"),
            (#""name":"a","arguments":{},"Arguments":{"repo":"/etc"}"#, "tools/call", "Arguments"),
            (#""name":"a","arguments":{},"argument\u017f":{"repo":"/etc"}"#, "tools/call", "argumentſ"),
            (#""name":"a","argumentſ":{"repo":"/etc"}"#, "tools/call", "argumentſ"),
            (#""uri":"a","URI":"b""#, "resources/read", "URI"),
            (#""uri":"a","urı":"b""#, "resources/subscribe", "urı"),
            (#""name":"a","_Meta":{}"#, "prompts/get", "_Meta"),
            (#""taskId":"a","tasKId":"b""#, "tasks/get", "tas\u{212A}Id"),
            (#""requestId":1,"requestID":2"#, "notifications/cancelled", "requestID"),
            (#""Cursor":"a""#, "tools/list", "Cursor"),
            (#""ref":{"type":"ref/prompt","name":"a","Name":"b"}"#, "completion/complete", "Name"),
            (#""ref":{"type":"ref/resource","uri":"a","Uri":"b"}"#, "completion/complete", "Uri"),
            (#""ref":{},"REF":{}"#, "completion/complete", "REF"),
            (#""_meta":{"progressToken":1,"progresstoken":2}"#, "tools/call", "progresstoken"),
            (
                #""_meta":{"io.modelcontextprotocol/related-task":{"taskId":"a","taskID":"b"}}"#, "tools/call", "taskID"
            ),
            (#""_meta":{"io.modelcontextprotocol/Related-Task":{}}"#, "x", "io.modelcontextprotocol/Related-Task"),
            (#""taskID":"b""#, "tasks/unknown", "taskID"),
        ])
    func params(members: String, method: String, quoted: String) throws {
        let refusal = try #require(error(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{\#(members)}}"#))
        #expect(refusal.code == .invalidParameters)
        #expect(refusal.id == .integer(1))
        #expect(refusal.reason.hasPrefix("\"\(quoted)\" in params"), "\(refusal.reason)")
        // The method may come last.
        #expect(error(#"{"params":{\#(members)},"jsonrpc":"2.0","id":1,"method":"\#(method)"}"#) == refusal)
    }

    @Test(
        "So is a member of the message itself",
        arguments: ["ID", "Id", "ıd", "METHOD", "Params", "param\u{17F}", "Result", "Error", #"p\u0041rams"#])
    func message(name: String) throws {
        let refusal = try #require(error(#"{"jsonrpc":"2.0","id":1,"method":"m","params":{},"\#(name)":{}}"#))
        #expect(refusal.code == .invalid)
        #expect(refusal.id == .integer(1))
        #expect(refusal.reason.contains("in the message"), "\(refusal.reason)")
    }

    @Test(
        "Names by which nothing is decided are passed on, however like others they are",
        arguments: [
            (#""name":"a","arguments":{"Name":1,"name":2,"URI":3,"_Meta":{},"Arguments":{}}"#, "tools/call"),
            (#""name":"a","names":1,"ame":1,"nam":1,"naame":1,"nаme":1"#, "tools/call"),
            (#""name":"a","Task":{},"_meta":{"name":1,"Name":2,"traceparent":"x"}"#, "tools/call"),
            (#""Name":"a","URI":"b","Arguments":{},"Ref":{},"Cursor":1,"Level":2"#, "vendor/method"),
            (#""ref":{"Name":"a"}"#, "vendor/method"),
            (#""ref":"main","name":"a""#, "prompts/get"),
        ])
    func others(members: String, method: String) {
        #expect(error(#"{"jsonrpc":"2.0","id":1,"Extra":1,"method":"\#(method)","params":{\#(members)}}"#) == nil)
    }

    @Test("What a server says is passed on as it is")
    func servers() throws {
        let text =
            #"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","Level":1},"Params":{}}"#
        #expect(throws: Never.self) { try Message(ByteBuffer(string: text), duplicateKeys: .accepted) }
        #expect(error(text) != nil)
    }

    @Test("A name that is long or ends within a letter is no other's")
    func edges() {
        let long = String(repeating: "n", count: 10_000)
        for name in [long, "\u{17F}", "i\u{17F}", "\u{212A}", #"\ud800"#, "param", "paramss"] {
            #expect(error(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","\#(name)":1}}"#) == nil)
        }
    }
}
