import NIOCore
import Testing

@testable import MCPCore

/// What is still told of answers that are not messages.
@Suite struct BrokenAnswerTests {
    @Test(
        "The identifier of an answer is found whatever is wrong with the rest",
        arguments: [
            #"{"jsonrpc":"2.0","id":7,"result":{"x":NaN}}"#, #"{"jsonrpc":"2.0","id":7,"result":{"x":"#,
            #" { "result" : {"id":1,"method":"m","s":"}\"{"} , "id" : 7 } "#, #"{"id":7,"error":Infinity}"#,
            #"{"id":7,"result":{}} and more"#, #"{"jsonrpc":"2.0","id":7}"#, #"{"result":[[1,{"id":2}],"]"],"id":7}"#,
        ])
    func found(text: String) {
        #expect(BrokenAnswer.id(in: ByteBuffer(string: text)) == 7)
    }

    @Test("A byte that is not UTF-8 does not hide it")
    func latin1() {
        var text = ByteBuffer(string: #"{"jsonrpc":"2.0","result":{"x":""#)
        text.writeBytes([0x63, 0x61, 0x66, 0xE9])
        text.writeString(#""},"id":7}"#)
        #expect(BrokenAnswer.id(in: text) == 7)
    }

    @Test(
        "What is no answer, or could be that to two requests, names none",
        arguments: [
            "", "{", "7", "id 7 result", #"[{"id":7,"result":NaN}]"#, #"{"id":7,"method":"m","params":NaN}"#,
            #"{"id":7,"id":8,"result":NaN}"#, #"{"id":"7","result":NaN}"#, #"{"id":7.5,"result":NaN}"#,
            #"{"id":99999999999999999999,"result":NaN}"#, #"{"jsonrpc":"2.0","id":7"#, #"{"x":{"id":7,"result":NaN}}"#,
            #"{"result":NaN}"#, #"{"\"id":7,"result":NaN}"#,
        ])
    func none(text: String) {
        #expect(BrokenAnswer.id(in: ByteBuffer(string: text)) == nil)
    }
}
