import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPGateway

/// A server of revision 2025-11-25 that sends its user to a URL before it answers, and a client without session.
@Suite struct URLDemandTests {
    private static let demand =
        #"{"jsonrpc":"2.0","id":%,"error":{"code":-32042,"message":"visit","data":{"elicitations":["#
        + #"{"mode":"url","elicitationId":"e","url":"https://a.example","message":"m"},{"url":"https://b.example"}]}}}"#

    private func demanded(_ harness: GatewayHarness, _ ask: Ask = Ask()) throws -> ModernReplyRecorder {
        let (reply, id) = try harness.askWithID(ask)
        try harness.serverSays(Self.demand.replacing("%", with: "\(id)"))
        return reply
    }

    @Test("The URLs of the error are asked for, and the call is made anew once all were visited")
    func visited() throws {
        let harness = GatewayHarness()
        let asked = try Asked(demanded(harness).answers.last)
        #expect(asked.requests.count == 2)
        let params = asked.requests.values.compactMap { $0["params"]?["url"]?.string }
        #expect(Set(params) == ["https://a.example", "https://b.example"])
        #expect(asked.requests.values.allSatisfy { $0["params"]?["mode"]?.string == "url" })
        #expect(harness.gateway.calls.total == 0)
        let responses = asked.requests.keys.map { #""\#($0)":{"action":"accept"}"# }.joined(separator: ",")
        let reply = try harness.ask(Ask().again("2", state: asked.state, responses: "{\(responses)}"))
        let calls = try harness.script.link.requests(.toolsCall)
        #expect(calls.count == 2 && !calls[1].text.contains("requestState") && !calls[1].text.contains("input"))
        try harness.serverAnswers(try #require(harness.script.link.lastRequestID(.toolsCall)))
        #expect(reply.answers.count == 1 && reply.answers[0].hasPrefix(#"{"jsonrpc":"2.0","id":2,"result""#))
        #expect(harness.gateway.calls.total == 0 && harness.gateway.suspended.all.isEmpty)
        #expect(try harness.script.link.responses.isEmpty, "the server has asked nothing")
    }

    @Test(
        "A client that cannot visit URLs is told which capability is missing",
        arguments: ["{}", #"{"elicitation":{}}"#])
    func undeclared(capabilities: String) throws {
        let harness = GatewayHarness()
        let reply = try demanded(harness, Ask(capabilities: capabilities))
        #expect(reply.codes == [.missingClientCapability])
        let error = try Message(reply.answers[0])
        let required = error.view(error.envelope.error)?["data"]?["requiredCapabilities"]?.bytes.text
        #expect(required == #"{"elicitation":{"url":{}}}"#)
        #expect(harness.gateway.calls.total == 0)
    }

    @Test("A user who declines ends the call", arguments: ["decline", "cancel"])
    func declined(action: String) throws {
        let harness = GatewayHarness()
        let asked = try Asked(demanded(harness).answers.last)
        let responses = asked.requests.keys.map { #""\#($0)":{"action":"\#(action)"}"# }.joined(separator: ",")
        let reply = try harness.ask(Ask().again("2", state: asked.state, responses: "{\(responses)}"))
        #expect(reply.codes == [.inputNotGiven])
        #expect(try harness.script.link.requests(.toolsCall).count == 1)
        #expect(harness.gateway.calls.total == 0 && harness.gateway.suspended.all.isEmpty)
    }

    @Test("An answer that is missing is asked for again, rather than taken for a refusal")
    func missing() throws {
        let harness = GatewayHarness()
        let asked = try Asked(demanded(harness).answers.last)
        let reply = try harness.ask(Ask().again("2", state: asked.state))
        let again = try Asked(reply.answers.last)
        #expect(again.requests.count == 2 && again.state != asked.state)
        #expect(try harness.script.link.requests(.toolsCall).count == 1)
    }

    @Test("A demand that comes while the client is away is put to it when it comes back")
    func whileAway() throws {
        let harness = GatewayHarness()
        let (asked, _, id) = try harness.suspendedCall()
        try harness.serverSays(Self.demand.replacing("%", with: "\(id)"))
        let key = try asked.key("elicitation/create")
        let reply = try harness.ask(
            Ask().again("2", state: asked.state, responses: #"{"\#(key)":{"action":"accept"}}"#))
        #expect(!reply.answers.contains { $0.contains("-32042") }, "no revision without sessions has that code")
        #expect(try Asked(reply.answers.last).requests.count == 2)
    }

    @Test("A demand that names no URL leaves nothing to ask, and is told in a code that the client's revision has")
    func withoutURLs() throws {
        let harness = GatewayHarness()
        let (reply, id) = try harness.askWithID()
        try harness.serverSays(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32042,"message":"visit"}}"#)
        #expect(reply.answers.count == 1 && !reply.answers[0].contains("-32042"))
        #expect(harness.gateway.calls.total == 0)
    }

    @Test("A server that demands without end is stopped after the allowed rounds")
    func roundLimit() throws {
        let harness = GatewayHarness()
        var reply = try demanded(harness)
        for round in 2...17 {
            let asked = try Asked(reply.answers.last)
            let responses = asked.requests.keys.map { #""\#($0)":{"action":"accept"}"# }.joined(separator: ",")
            reply = try harness.ask(Ask().again("\(round)", state: asked.state, responses: "{\(responses)}"))
            let id = try #require(harness.script.link.lastRequestID(.toolsCall))
            try harness.serverSays(Self.demand.replacing("%", with: "\(id)"))
        }
        #expect(reply.codes == [.invalidAnswer])
        #expect(harness.gateway.calls.total == 0 && harness.gateway.suspended.all.isEmpty)
    }
}
