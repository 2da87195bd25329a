import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct OwnMessagesTests {
    private static let ids: [RequestID] = [
        .integer(0), .integer(.min), .token(Array(#""a\u0062\"""#.utf8)), .token(Array("1.0".utf8)),
    ]
    private static let words = ["", "plain", "with \"quotes\" and \\", "line\nbreak\r\t\u{0}", "é漢😀\u{2028}"]

    @Test("Errors are read back with their identifier, code, words and data", arguments: ids, words)
    func errors(id: RequestID, words: String) throws {
        let bytes = OwnMessages.error(id: id, code: .serverLost, message: words, data: [(words, words), ("b", "c")])
        let message = try bytes.message()
        #expect(message.kind == .error)
        #expect(message.id == id)
        let error = try #require(message.view(message.envelope.error))
        #expect(error["code"]?.integer == -31002)
        #expect(error["message"]?.string == words)
        #expect(error["data"]?[words]?.string == words)
        #expect(!message.envelope.hasLineBreak)
    }

    @Test("An error for something unreadable has the identifier null and no data")
    func nullID() throws {
        let bytes = OwnMessages.error(id: nil, code: .parseError, message: "m")
        #expect(bytes.text == #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}"#)
        #expect(try bytes.message().id == nil)
    }

    @Test("Results are read back with their identifier", arguments: ids)
    func results(id: RequestID) throws {
        let message = try OwnMessages.result(id: id, ByteBuffer(string: #"{"x":[1]}"#)).message()
        #expect(message.kind == .result)
        #expect(message.id == id)
        #expect(message.view(message.envelope.result)?["x"]?.elements.count == 1)
        let empty = try OwnMessages.emptyResult(id: id).message()
        #expect(empty.view(empty.envelope.result)?.bytes.text == "{}")
    }

    @Test("Requests and notifications of every method are read back", arguments: Method.allCases)
    func requests(method: Method) throws {
        let params = ByteBuffer(string: #"{"uri":"u"}"#)
        for params in [nil, params] {
            let request = try OwnMessages.request(id: 5, method: method, params: params).message()
            #expect(request.kind == .request && request.id == .integer(5) && request.method == method)
            #expect((request.envelope.uri != nil) == (params != nil))
            let notification = try OwnMessages.notification(method, params: params).message()
            #expect(notification.kind == .notification && notification.method == method)
        }
    }

    @Test("A cancellation names the request exactly", arguments: ids, words)
    func cancellation(id: RequestID, words: String) throws {
        let message = try OwnMessages.cancelled(id: id, reason: words).message()
        #expect(message.method == .cancelled)
        let range = try #require(message.envelope.requestID)
        #expect(RequestID(message.bytes, range) == id)
        #expect(message.params?["reason"]?.string == words)
    }
}
