import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore

@testable import MCPGateway

/// A request of a client without session, as a test writes it.
struct Ask {
    var id = "1"
    var method = "tools/call"
    /// The members of `params` besides `_meta`.
    var params = #""name":"t""#
    var capabilities = #"{"roots":{},"sampling":{},"elicitation":{"form":{},"url":{}}}"#
    var client = #"{"name":"c","version":"1"}"#
    /// Further members of `_meta`.
    var meta = ""
    var principal = Principal.anonymous
    var parameters: [(name: String, value: String)]?

    var text: String {
        let members = [
            #""io.modelcontextprotocol/protocolVersion":"2026-07-28""#,
            #""io.modelcontextprotocol/clientInfo":\#(client)"#,
            #""io.modelcontextprotocol/clientCapabilities":\#(capabilities)"#,
            meta,
        ].filter { !$0.isEmpty }.joined(separator: ",")
        let params = [params, #""_meta":{\#(members)}"#].filter { !$0.isEmpty }.joined(separator: ",")
        return #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(params)}}"#
    }

    /// The same request once more, with answers to what was asked.
    func again(_ id: String, state: String, responses: String? = nil) -> Ask {
        var again = self
        again.id = id
        let answers = responses.map { #","inputResponses":\#($0)"# } ?? ""
        again.params += #"\#(params.isEmpty ? "" : ",")"requestState":"\#(state)"\#(answers)"#
        return again
    }
}

/// What a server wants to know, as a client without session is asked.
struct Asked {
    let state: String
    /// The questions, by the keys under which they are to be answered.
    let requests: [String: JSONView]

    struct NotAsked: Error { let text: String }

    init(_ answer: String?) throws {
        let message = try Message(answer ?? "")
        let result = message.view(message.envelope.result)
        guard result?["resultType"]?.string == "input_required", let state = result?["requestState"]?.string else {
            throw NotAsked(text: answer ?? "")
        }
        self.state = state
        var requests: [String: JSONView] = [:]
        result?["inputRequests"]?.forEachMember { requests[$0] = $1 }
        self.requests = requests
    }

    /// The key of the only question of a method.
    func key(_ method: String) throws -> String {
        let keys = requests.filter { $0.value["method"]?.string == method }.keys
        guard keys.count == 1, let key = keys.first else { throw NotAsked(text: method) }
        return key
    }
}

extension GatewayHarness {
    /// Puts a request without session.
    ///
    /// - Parameter other: Where it is put, instead of at the harness's own offer.
    func ask(
        _ ask: Ask = Ask(), _ reply: ModernReplyRecorder = ModernReplyRecorder(), at other: Offer? = nil
    ) throws -> ModernReplyRecorder {
        let message = try Message(ask.text)
        guard let id = message.id else { throw TestClient.NotSent() }
        let request = ModernRequest(
            message, id: id, offer: other ?? offer, principal: ask.principal, parameters: ask.parameters
        )
        clients.perform { gateway.receive(request, reply, on: clients) }
        settle()
        return reply
    }

    /// The client of a request goes away.
    func leave(_ reply: ModernReplyRecorder) {
        clients.perform { reply.leave() }
        settle()
    }

    /// Brings every link that is not there yet to where it can be used, in the server's era.
    func serverIsThere(capabilities: String = #"{"logging":{},"resources":{"subscribe":true}}"#) {
        for link in script.links where link.version == nil && !link.isStateless && !link.isClosed {
            upstreams.perform {
                if link.sent.isEmpty { link.openNow() }
                if link.lastRequestID(.initialize) != nil {
                    complete(link, capabilities)
                } else {
                    link.completeDiscovery(capabilities: capabilities)
                }
            }
        }
        settle()
    }

    private func complete(_ link: ScriptedLink, _ capabilities: String) {
        guard let id = link.lastRequestID(.initialize) else { return }
        link.answer(
            id,
            result: #"{"protocolVersion":"2025-11-25","capabilities":\#(capabilities),"#
                + #""serverInfo":{"name":"scripted","version":"1"}}"#
        )
    }

    /// Puts a request, and says under which identifier the server knows it.
    func askWithID(_ ask: Ask = Ask(), capabilities: String = #"{"logging":{},"resources":{"subscribe":true}}"#) throws
        -> (ModernReplyRecorder, Int64)
    {
        let method = Method(name: ask.method)
        func ids() -> [Int64] { script.links.flatMap { $0.requests(method) }.compactMap(\.id) }
        let before = ids()
        let reply = try self.ask(ask)
        serverIsThere(capabilities: capabilities)
        guard let id = ids().last, ids().count > before.count else { throw TestClient.NotSent() }
        return (reply, id)
    }

    /// The server asks its client something, and the client's request is answered with that.
    func serverAsks(_ text: String, on link: ScriptedLink? = nil) throws {
        try serverSays(text, on: link)
        advance(by: .milliseconds(10))
    }

    static let elicitation =
        #"{"jsonrpc":"2.0","id":"q","method":"elicitation/create","params":{"message":"name?","requestedSchema":{}}}"#

    /// A call that waits until its client comes back with what the server has asked for.
    func suspendedCall(_ ask: Ask = Ask(), asking question: String = GatewayHarness.elicitation) throws -> (
        asked: Asked, reply: ModernReplyRecorder, id: Int64
    ) {
        let (reply, id) = try askWithID(ask)
        try serverAsks(question)
        return try (asked: Asked(reply.answers.last), reply: reply, id: id)
    }
}

extension ScriptedLink.Sent {
    /// The identifier under which the server knows a request.
    var id: Int64? {
        guard case .request(let id) = kind else { return nil }
        return id
    }
}
