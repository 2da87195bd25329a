import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct MessageTests {
    private func error(_ text: String) -> MessageError? {
        do throws(MessageError) {
            _ = try Message(text)
            return nil
        } catch {
            return error
        }
    }

    // MARK: Kinds

    @Test(
        "Each kind of message is told by its members, in any order",
        arguments: [
            (#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, Envelope.Kind.request),
            (#"{"method":"ping","id":"a","jsonrpc":"2.0","params":{}}"#, .request),
            (#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, .notification),
            (#"{"jsonrpc":"2.0","method":"x","params":{"id":1}}"#, .notification),
            (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, .result),
            (#"{"result":null,"id":1,"jsonrpc":"2.0"}"#, .result),
            (#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"m"}}"#, .error),
            (#"{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}"#, .error),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","unknown":{"id":2,"method":"n"}}"#, .request),
        ])
    func kinds(text: String, kind: Envelope.Kind) throws {
        #expect(try Message(text).kind == kind)
        #expect(try Message(" \r\n\t" + text + "\n").kind == kind)
    }

    @Test("Every routed member is found where it stands")
    func members() throws {
        let text =
            #"{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{"name":"t","uri":"u","level":"info","#
            + #""requestId":7,"arguments":{"name":"wrong","_meta":{"progressToken":0}},"#
            + #""_meta":{"progressToken":"p","io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#
        let message = try Message(text)
        let envelope = message.envelope
        #expect(message.id == .token(Array(#""x""#.utf8)))
        #expect(message.method == .toolsCall)
        #expect(message.methodName == "tools/call")
        #expect(message.view(envelope.name)?.bytes.text == #""t""#)
        #expect(message.view(envelope.uri)?.bytes.text == #""u""#)
        #expect(message.view(envelope.level)?.bytes.text == #""info""#)
        #expect(message.view(envelope.requestID)?.bytes.text == "7")
        #expect(message.view(envelope.progressToken)?.bytes.text == #""p""#)
        #expect(message.view(envelope.metadata.protocolVersion?.value)?.bytes.text == #""2026-07-28""#)
        #expect(message.view(envelope.meta)?.isObject == true)
        #expect(message.params?["arguments"]?["name"]?.string == "wrong")
        #expect(envelope.result == nil && envelope.error == nil)
    }

    @Test("A progress notification's token stands in params, a request's in _meta")
    func progressTokens() throws {
        let notification = try Message(
            #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":5,"progress":1,"_meta":{"progressToken":6}}}"#
        )
        #expect(notification.view(notification.envelope.progressToken)?.integer == 5)
        let request = try Message(#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"progressToken":5}}"#)
        #expect(request.envelope.progressToken == nil)
    }

    @Test("Escaped member names and methods are read as what they stand for")
    func escapes() throws {
        let message = try Message(
            #"{"\u006asonrpc":"2.\u0030","i\u0064":1,"\u006dethod":"tools\/c\u0061ll","p\u0061rams":{"n\u0061me":"t"}}"#
        )
        #expect(message.kind == .request)
        #expect(message.id == .integer(1))
        #expect(message.method == .toolsCall)
        #expect(message.view(message.envelope.name)?.string == "t")
    }

    @Test(
        "Names that differ in case or by folding are other members of what a server says",
        arguments: ["ID", "Id", "METHOD", "Params", "jſonrpc"])
    func caseMatters(name: String) throws {
        let text = ByteBuffer(string: #"{"jsonrpc":"2.0","method":"m","\#(name)":{}}"#)
        let message = try Message(text, duplicateKeys: .accepted)
        #expect(message.kind == .notification)
        #expect(message.envelope.params == nil)
    }

    @Test("Methods that the proxy does not know pass as other, with their name")
    func unknownMethod() throws {
        let message = try Message(#"{"jsonrpc":"2.0","id":1,"method":"vendor/späß"}"#)
        #expect(message.method == .other)
        #expect(message.methodName == "vendor/späß")
    }

    // MARK: Identifiers

    @Test(
        "An identifier is a string or an integer and keeps its spelling",
        arguments: [
            "0", "-7", "9007199254740993", "12345678901234567890", "1.0", "-3.00", "-0", #""""#, #""\u0061""#, #""1""#,
        ])
    func identifiers(id: String) throws {
        let message = try Message(#"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#)
        let found = try #require(message.id)
        var written = ByteBuffer()
        written.writeRequestID(found)
        #expect(written.text == id)
    }

    @Test("A number that is no integer is no identifier", arguments: ["1.5", "1e400", "-1.50", "1e-1"])
    func fractions(id: String) {
        #expect(error(#"{"jsonrpc":"2.0","id":\#(id),"method":"m"}"#)?.code == .invalid)
    }

    @Test("An identifier may be 1,024 bytes long, and not longer")
    func identifierLength() {
        func text(_ count: Int) -> String {
            #"{"jsonrpc":"2.0","id":"\#(String(repeating: "i", count: count - 2))","method":"m"}"#
        }
        #expect(error(text(1_024)) == nil)
        #expect(error(text(1_025))?.code == .invalid)
        #expect(error(text(1_025))?.id == nil, "what is too long is not repeated")
    }

    // MARK: Refusals

    @Test(
        "What is JSON but no message is refused as invalid, with the identifier where it can be used",
        arguments: [
            ("1", nil), ("null", nil), (#""x""#, nil), ("[]", nil), ("{}", nil),
            (#"{"id":1,"method":"m"}"#, .integer(1)),
            (#"{"jsonrpc":"1.0","id":1,"method":"m"}"#, .integer(1)),
            (#"{"jsonrpc":2.0,"id":1,"method":"m"}"#, .integer(1)),
            (#"{"jsonrpc":null,"id":1,"method":"m"}"#, .integer(1)),
            (#"{"jsonrpc":"2.0","id":1}"#, .integer(1)),
            (#"{"jsonrpc":"2.0"}"#, nil),
            (#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, nil),
            (#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, nil),
            (#"{"jsonrpc":"2.0","id":[1],"method":"m"}"#, nil),
            (#"{"jsonrpc":"2.0","id":true,"method":"m"}"#, nil),
            (#"{"jsonrpc":"2.0","id":false,"method":"m"}"#, nil),
            (#"{"jsonrpc":"2.0","id":1,"method":5}"#, .integer(1)),
            (#"{"jsonrpc":"2.0","id":1,"method":null}"#, .integer(1)),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":[]}"#, .integer(1)),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":"x"}"#, .integer(1)),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"progressToken":{}}}}"#, .integer(1)),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","result":{}}"#, .integer(1)),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","error":{}}"#, .integer(1)),
            (#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, .integer(1)),
            (#"{"jsonrpc":"2.0","id":null,"result":{}}"#, nil),
            (#"{"jsonrpc":"2.0","result":{}}"#, nil),
            (#"{"jsonrpc":"2.0","error":{}}"#, nil),
            (#"{"jsonrpc":"2.0","id":1,"error":"x"}"#, .integer(1)),
            (#"{"id":"a\u0062","method":5}"#, .token(Array(#""a\u0062""#.utf8))),
        ] as [(String, RequestID?)])
    func invalid(text: String, id: RequestID?) throws {
        let refusal = try #require(error(text))
        #expect(refusal.code == .invalid)
        #expect(refusal.id == id)
        #expect(!refusal.reason.isEmpty)
    }

    @Test("Metadata that is no object is a fault of the parameters", arguments: ["1", "null", "[]", #""x""#])
    func metadata(value: String) throws {
        let refusal = try #require(error(#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":\#(value)}}"#))
        #expect(refusal.code == .invalidParameters)
        #expect(refusal.id == .integer(1))
        #expect(refusal.answer.text.contains(#""code":-32602"#))
    }

    @Test(
        "What is no JSON is refused as malformed",
        arguments: [
            "", "{", #"{"jsonrpc":"2.0","id":1,"method":"m"} x"#, #"{"jsonrpc":"2.0","id":1,"method":"m"}{}"#,
            "\u{FEFF}{}", #"{"jsonrpc":"2.0","id":01,"method":"m"}"#,
        ])
    func malformed(text: String) {
        #expect(error(text)?.code == .malformed)
        #expect(error(text)?.id == nil)
    }

    @Test(
        "A routed member that comes twice is refused, also where other duplicates are accepted",
        arguments: [
            #"{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"m"}"#,
            #"{"jsonrpc":"2.0","id":1,"id":2,"method":"m"}"#,
            #"{"jsonrpc":"2.0","id":1,"\u0069d":2,"method":"m"}"#,
            #"{"jsonrpc":"2.0","id":null,"id":2,"result":{}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"m","method":"n"}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{},"params":{}}"#,
            #"{"jsonrpc":"2.0","id":1,"result":1,"result":2}"#,
            #"{"jsonrpc":"2.0","id":1,"error":{},"error":{}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"a","name":"b"}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"uri":"a","uri":"b"}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"level":"a","level":"b"}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"requestId":1,"requestId":2}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"progressToken":1,"progressToken":2}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{},"_meta":{}}}"#,
            #"{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"progressToken":1,"progressToken":2}}}"#,
        ])
    func duplicates(text: String) {
        for duplicateKeys in [JSONScanner.DuplicateKeys.refused, .accepted] {
            #expect(throws: MessageError.self) { try Message(ByteBuffer(string: text), duplicateKeys: duplicateKeys) }
        }
        #expect(error(text)?.code == .invalid, "it is JSON, but no message")
    }

    @Test("Other duplicates are refused from clients and pass from servers")
    func otherDuplicates() throws {
        let text = #"{"jsonrpc":"2.0","id":1,"result":{"a":1,"a":2}}"#
        #expect(error(text)?.code == .invalid)
        #expect(try Message(ByteBuffer(string: text), duplicateKeys: .accepted).kind == .result)
    }

    @Test("Depth counts from the message itself, through params and _meta", arguments: [4, 10, 128])
    func depth(limit: Int) {
        func nested(_ before: String, _ levels: Int, _ after: String) -> String {
            before + String(repeating: "[", count: levels) + String(repeating: "]", count: levels) + after
        }
        for (before, used, after) in [
            (#"{"jsonrpc":"2.0","id":1,"result":"#, 1, "}"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"x":"#, 2, "}}"),
            (#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"x":"#, 3, "}}}"),
        ] {
            let atLimit = nested(before, limit - used, after)
            #expect(throws: Never.self) { try Message(ByteBuffer(string: atLimit), maximumDepth: limit) }
            let beyond = nested(before, limit - used + 1, after)
            #expect(throws: MessageError.self) { try Message(ByteBuffer(string: beyond), maximumDepth: limit) }
        }
    }

    // MARK: Errors

    @Test("Only an error has a code, and only an integer is one")
    func errorCode() throws {
        func code(_ error: String) throws -> ErrorCode? {
            try Message(#"{"jsonrpc":"2.0","id":1,"error":\#(error)}"#).errorCode
        }
        #expect(try code(#"{"code":-32601,"message":"m"}"#) == .methodNotFound)
        for error in [#"{"message":"m"}"#, #"{"code":"-32601"}"#, #"{"code":1.5}"#] {
            #expect(try code(error) == nil)
        }
        #expect(try Message(#"{"jsonrpc":"2.0","id":1,"result":{"code":-32601}}"#).errorCode == nil)
    }

    // MARK: Line breaks

    @Test("Only a line break between tokens counts as one", arguments: ["\n", "\r", "\r\n"])
    func lineBreaks(lineBreak: String) throws {
        #expect(try Message(#"{"jsonrpc":"2.0","method":"a\nb"}"#).envelope.hasLineBreak == false)
        let message = try Message(#"{"jsonrpc":"2.0",\#(lineBreak)"method":"a\nb"}"#)
        #expect(message.envelope.hasLineBreak)
        #expect(!message.singleLine.text.contains("\n") && !message.singleLine.text.contains("\r"))
        #expect(try message.singleLine.message().methodName == #"a\nb"#)
    }

    @Test("Random bytes never harm the reader")
    func randomBytes() {
        var random = SeededGenerator(seed: 11)
        let tokens = [
            "{", "}", "[", "]", ":", ",", #""jsonrpc""#, #""2.0""#, #""id""#, #""method""#, #""params""#, #""_meta""#,
            #""progressToken""#, #""result""#, #""error""#, "1", "null", "\n", #""name""#, #""\u0069d""#, "\u{0}",
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<14, using: &random)
            let text = (0..<count).map { _ in tokens.randomElement(using: &random) ?? "" }.joined()
            if let message = try? Message(text) {
                #expect(JSONReference.accepts(Array(text.utf8)))
                #expect(message.kind != .request || message.id != nil)
            }
        }
    }
}
