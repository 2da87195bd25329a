import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// What a server answers that is no answer, or half of one.
@Suite(.timeLimit(.minutes(1))) struct UnreadableAnswerTests {
    private func ready(_ configure: (inout UpstreamLimits) -> Void = { _ in }) throws -> UpstreamHarness {
        let harness = UpstreamHarness(configure)
        try harness.becomeReady()
        return harness
    }

    // MARK: Identifiers

    @Test(
        "An answer that cannot be read fails its call at once, and says why; other calls go on",
        arguments: [#""result":{"x":NaN}"#, #""result":{"x":"\x"}"#, #""result":{},"error":{}"#, #""result":{"x":"#])
    func brokenAnswer(body: String) throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let (call, id) = try harness.call()
        let (other, _) = try harness.call()
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":\#(id),\#(body)}"#) }
        let failure = try #require(call.failures.first)
        #expect(call.endings == 1 && failure.code == .unreadable && failure.publicDetail == failure.detail)
        #expect(other.endings == 0 && harness.isReady && harness.upstream.circuit.report == nil)
    }

    @Test("An answer that cannot be read to what is not asked is as good as none")
    func brokenAnswerToNothing() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let (call, id) = try harness.call()
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":\#(id + 1),"result":NaN}"#) }
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":\#(id),"method":"m","params":NaN}"#) }
        #expect(call.endings == 0 && harness.isReady)
    }

    @Test("Half of a surrogate pair in an answer passes as it is")
    func loneSurrogate() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let (call, id) = try harness.call()
        let answer = #"{"jsonrpc":"2.0","id":\#(id),"result":{"x":"\ud83d cut"}}"#
        try harness.onLink { $0.receive(answer) }
        #expect(call.answers.first?.bytes.text == answer)
    }

    @Test(
        "An error in answer to an HTTP request is its answer, whatever it names",
        arguments: [#""id":null,"#, #""id":99,"#, #""id":"x","#, ""])
    func unnamedError(name: String) throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let (call, id) = try harness.call()
        try harness.onLink {
            $0.receive(#"{"jsonrpc":"2.0",\#(name)"error":{"code":-32000,"message":"m"}}"#, relatedTo: id)
        }
        #expect(
            call.answers.map(\.bytes.text) == [#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32000,"message":"m"}}"#])
    }

    @Test("A call whose HTTP answer is over and was for nobody fails at once")
    func answerForNobody() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let (call, id) = try harness.call()
        try harness.onLink {
            $0.receive(#"{"jsonrpc":"2.0","id":"x","result":{}}"#, relatedTo: id)
            $0.endAnswer(id)
            $0.endAnswer(id)
        }
        #expect(call.failures.map(\.code) == [.unreadable])
    }
}
