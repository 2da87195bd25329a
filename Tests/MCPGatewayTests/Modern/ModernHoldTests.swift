import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPGateway

/// A connection is held as long as somebody uses it, and given back once: whatever became of the request.
@Suite struct ModernHoldTests {
    private let harness = GatewayHarness(idleTimeout: .seconds(5)) { $0.interactionTimeout = .seconds(3) }

    /// A request that has a connection of its own.
    private func ask(_ number: Int, method: String = "tools/call", params: String = #""name":"t""#) -> Ask {
        Ask(
            id: "\(number)", method: method, params: params,
            capabilities: #"{"roots":{},"elicitation":{"url":{}},"n":\#(number)}"#)
    }

    private func listen(_ number: Int) -> Ask {
        ask(number, method: "subscriptions/listen", params: #""notifications":{"resourceSubscriptions":["a:b"]}"#)
    }

    private var openLinks: Int { harness.script.links.count { !$0.isClosed } }

    private func demand(_ id: Int64) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32042,"message":"m","data":{"elicitations":[{"url":"https://a.example"}]}}}"#
    }

    @Test("Connections that nobody uses any more are closed, and those in use are not")
    func givenBack() throws {
        // In use until the end.
        _ = try harness.askWithID(ask(1))
        _ = try harness.ask(listen(2))
        harness.serverIsThere()
        // Answered; left; refused by the server; described.
        try harness.serverAnswers(try harness.askWithID(ask(3)).1)
        harness.leave(try harness.askWithID(ask(4)).0)
        _ = try harness.ask(ask(5, method: "server/discover", params: ""))
        harness.serverIsThere()
        // A subscription that is left before and after it was acknowledged.
        harness.leave(try harness.ask(listen(6)))
        harness.serverIsThere()
        let subscription = try harness.ask(listen(7))
        harness.serverIsThere()
        harness.leave(subscription)
        // Suspended and resumed; answered while suspended.
        let (asked, _, id) = try harness.suspendedCall(ask(8))
        let key = try asked.key("elicitation/create")
        _ = try harness.ask(ask(8).again("9", state: asked.state, responses: #"{"\#(key)":{"action":"accept"}}"#))
        try harness.serverAnswers(id)
        let (second, _, other) = try harness.suspendedCall(ask(10))
        try harness.serverAnswers(other)
        _ = try harness.ask(ask(10).again("11", state: second.state))
        // Sent to a URL, and made again.
        let (first, demanded) = try harness.askWithID(ask(12))
        try harness.serverSays(demand(demanded))
        let urls = try Asked(first.answers.last)
        let url = try urls.key("elicitation/create")
        let (_, again) = try harness.askWithID(
            ask(12).again("13", state: urls.state, responses: #"{"\#(url)":{"action":"accept"}}"#))
        try harness.serverAnswers(again)
        // Never come back to.
        _ = try harness.suspendedCall(ask(14))
        #expect(openLinks == 11)
        harness.advance(by: .seconds(4))
        harness.advance(by: .seconds(20))
        #expect(openLinks == 2 && harness.gateway.calls.total == 1 && harness.gateway.subscriptions.all.count == 1)
    }

    @Test("What one client gives back is not taken from another", arguments: 0..<6)
    func givenBackOnce(way: Int) throws {
        let (running, id) = try harness.askWithID(ask(1))
        // Another connection, so that an idle one could be closed.
        try harness.serverAnswers(try harness.askWithID(ask(2)).1)
        let link = try #require(harness.script.links.first)
        switch way {
        case 0: harness.leave(try harness.ask(ask(1)))
        case 1: harness.leave(try harness.ask(listen(1)))
        case 2: _ = try harness.ask(ask(1, method: "server/discover", params: ""))
        case 3:
            let subscription = try harness.ask(listen(1))
            harness.gateway.closeAllSessions(reason: "test")
            harness.settle()
            harness.leave(subscription)
        case 4:
            let reply = ModernReplyRecorder()
            reply.leave()
            _ = try harness.ask(ask(1), reply)
        default:
            let reply = try harness.ask(ask(1))
            harness.leave(reply)
            harness.leave(reply)
        }
        harness.advance(by: .seconds(30))
        #expect(!link.isClosed)
        try harness.serverAnswers(id, on: link)
        #expect(running.answers.count == 1)
        harness.advance(by: .seconds(30))
        #expect(openLinks == 1)
    }
}
