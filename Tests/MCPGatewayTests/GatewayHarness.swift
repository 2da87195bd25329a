import Logging
import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Traces

@testable import MCPGateway

/// One server behind one offer, scripted, with its connections on one event loop and clients on another.
final class GatewayHarness {
    /// Where clients' sessions live.
    let clients = ManualEventLoop()
    /// Where the server's connections live.
    let upstreams = ManualEventLoop()
    let script = ScriptedLinks()
    let server: ServerConnections
    let offer: Offer
    let gateway: Gateway

    static let everything = #"{"roots":{"listChanged":true},"sampling":{},"elicitation":{}}"#

    init(
        named name: String = "server",
        isolation: Isolation = .principal,
        filter: ToolFilter? = nil,
        idleTimeout: Duration = .seconds(600),
        era: EraChoice = .always(.legacy),
        upstreamLimits: UpstreamLimits = UpstreamLimits(),
        taskSeal: TaskSeal = TaskSeal(secrets: [:]),
        company: Company = .onePerson,
        asking: AskingMemory = AskingMemory(),
        logger: Logger = .silent,
        passed: [PassedFields.Rule] = [],
        tracer: Tracer? = nil,
        _ configure: (inout GatewayLimits) -> Void = { _ in }
    ) {
        var settings = ServerConnectionSettings(
            name: name,
            displayName: name,
            transport: "scripted",
            isolation: isolation,
            limits: upstreamLimits,
            idleTimeout: idleTimeout,
            ownClientInfo: ByteBuffer(string: #"{"name":"mcp-proxy","version":"1"}"#),
            toolFilter: filter,
            firstPrincipal: .anonymous
        )
        settings.era = era
        settings.anonymousIsOnePerson = company == .onePerson
        settings.asking = asking
        settings.passed = passed
        server = ServerConnections(
            settings,
            eventLoops: upstreams,
            logger: logger,
            makeLink: script.factory,
            statusChanged: { _ in }
        )
        offer = Offer(
            name: name,
            Member(server, toolFilter: filter),
            logger: .silent
        )
        var limits = GatewayLimits()
        configure(&limits)
        gateway = Gateway(limits: limits, taskSeal: taskSeal, tracer: tracer)
    }

    /// Runs both event loops until neither has anything to do.
    func settle() {
        for _ in 0..<100 {
            clients.run()
            upstreams.run()
        }
    }

    /// Lets time pass on both.
    func advance(by amount: TimeAmount) {
        settle()
        clients.advance(by: amount)
        upstreams.advance(by: amount)
        settle()
    }

    /// Where a link lives: with its session, when it is for that one alone.
    func loop(of link: ScriptedLink) -> ManualEventLoop { link.eventLoop === clients ? clients : upstreams }

    // MARK: Clients

    /// Starts to open a session; the outcome comes once the server is ready.
    func beginOpening(
        _ principal: Principal = .anonymous,
        capabilities: String = GatewayHarness.everything,
        version: String = "2025-11-25",
        id: String = "1"
    ) throws -> Outcome {
        let initialize = try Message(
            #"{"jsonrpc":"2.0","id":\#(id),"method":"initialize","params":{"protocolVersion":"\#(version)","#
                + #""capabilities":\#(capabilities),"clientInfo":{"name":"c","version":"1"}}}"#)
        let outcome = Outcome()
        clients.perform {
            gateway.open(initialize, offer: offer, principal: principal, on: clients) { outcome.opening = $0 }
        }
        settle()
        return outcome
    }

    /// Opens a session; a link that has not completed its handshake does so.
    func open(
        _ principal: Principal = .anonymous,
        capabilities: String = GatewayHarness.everything,
        version: String = "2025-11-25",
        serverCapabilities: String = #"{"logging":{},"resources":{"subscribe":true}}"#
    ) throws -> TestClient {
        let outcome = try beginOpening(principal, capabilities: capabilities, version: version)
        for link in script.links where link.version == nil && !link.isClosed {
            loop(of: link).perform { link.completeHandshake(capabilities: serverCapabilities) }
        }
        settle()
        return try TestClient(outcome.session, self)
    }

    /// A session for a client that never opened one, where it is known what the server speaks.
    func openForOneRequest() throws -> ClientSession {
        let outcome = Outcome()
        clients.perform {
            gateway.openForOneRequest(offer: offer, principal: .anonymous, on: clients) {
                outcome.opening = .opened($0, ByteBuffer())
            }
        }
        settle()
        return try outcome.session
    }

    /// The server says something on the newest link, or on one of them.
    func serverSays(_ text: String, relatedTo id: Int64? = nil, on link: ScriptedLink? = nil) throws {
        let link = try link ?? script.link
        loop(of: link).perform { link.receive(text, relatedTo: id) }
        settle()
    }

    func serverAnswers(_ id: Int64, result: String = "{}", on link: ScriptedLink? = nil) throws {
        try serverSays(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#, on: link)
    }

    /// What came of opening a session.
    final class Outcome: @unchecked Sendable {
        var opening: Gateway.Opening?

        struct NotOpened: Error {}

        var session: ClientSession {
            get throws {
                guard case .opened(let session, _)? = opening else { throw NotOpened() }
                return session
            }
        }

        var answer: Message? {
            get throws {
                switch opening {
                case .opened(_, let answer)?, .failed(let answer)?: try answer.message()
                case .refused(let refusal)?: try refusal.answer(to: nil).message()
                case nil: nil
                }
            }
        }
    }
}

/// One client's session as the test drives it.
final class TestClient {
    let session: ClientSession
    let outlet = OutletRecorder()
    private let harness: GatewayHarness

    init(_ session: ClientSession, _ harness: GatewayHarness) throws {
        self.session = session
        self.harness = harness
        harness.clients.perform {
            session.outlet = outlet
            session.outletOpened()
        }
        harness.settle()
    }

    /// The link that serves this client.
    var link: ScriptedLink {
        get throws {
            guard let link = session.legs.first?.current?.connection.upstream.link as? ScriptedLink else {
                throw ScriptedLinks.NoLink()
            }
            return link
        }
    }

    func call(
        _ text: String = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"#,
        carriesMessages: Bool = true
    ) throws -> ReplyRecorder {
        let reply = ReplyRecorder(carriesMessages: carriesMessages)
        let message = try Message(text)
        harness.clients.perform { session.receive(request: message, reply) }
        harness.settle()
        return reply
    }

    /// Calls, and says under which identifier the server knows it.
    func callWithID(_ text: String = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"#) throws
        -> (
            ReplyRecorder, Int64
        )
    {
        let before = try link.callIDs.count
        let reply = try call(text)
        guard let id = try link.callIDs.dropFirst(before).first else { throw NotSent() }
        return (reply, id)
    }

    struct NotSent: Error {}

    func notify(_ text: String) throws {
        let message = try Message(text)
        harness.clients.perform { session.receive(notification: message) }
        harness.settle()
    }

    func respond(_ text: String) throws {
        let message = try Message(text)
        harness.clients.perform { session.receive(response: message) }
        harness.settle()
    }

    func close() {
        harness.clients.perform { session.close(reason: "test") }
        harness.settle()
    }
}

extension String {
    /// The identifier of the request that this text is.
    var requestID: String {
        get throws {
            let message = try Message(self)
            return message.view(message.envelope.id)?.bytes.text ?? ""
        }
    }
}
