import Logging
import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

/// A scripted server that is there by itself and answers what it lists; everything else a test answers.
final class MergedServer {
    let name: String
    let era: Era
    let script = ScriptedLinks()
    let connections: ServerConnections
    var capabilities =
        #"{"tools":{"listChanged":true},"prompts":{"listChanged":true},"resources":{"subscribe":true,"listChanged":true},"logging":{},"completions":{}}"#
    var instructions: String?
    /// The arrays that it lists, in JSON, by their members.
    var lists: [String: String] = [:]
    /// Whole results in the place of lists, by their members.
    var results: [String: String] = [:]
    /// The lists that it has and does not give.
    var failing: Set<ByteText> = []
    /// How it does not give them.
    var failureCode = -32_603
    /// The lists to which it never answers.
    var hanging: Set<ByteText> = []
    /// What it says before it gives a list of tools.
    var announces: String?
    /// Whether it answers at all.
    var isThere = true

    init(
        _ name: String, _ era: Era = .legacy, tools: [String] = [], on eventLoops: ManualEventLoop, board: CatalogBoard,
        configure: (inout ServerConnectionSettings) -> Void = { _ in }
    ) {
        self.name = name
        self.era = era
        var settings = ServerConnectionSettings(
            name: name, displayName: name, transport: "scripted", isolation: .principal, limits: UpstreamLimits(),
            idleTimeout: .seconds(600), ownClientInfo: ByteBuffer(string: #"{"name":"mcp-proxy","version":"1"}"#),
            toolFilter: nil, firstPrincipal: .anonymous)
        settings.era = .always(era)
        settings.anonymousIsOnePerson = true
        settings.catalogBoard = board
        configure(&settings)
        connections = ServerConnections(
            settings, eventLoops: eventLoops, logger: .silent, makeLink: script.factory, statusChanged: { _ in })
        lists["tools"] = "[" + tools.map { #"{"name":"\#($0)","inputSchema":{}}"# }.joined(separator: ",") + "]"
    }

    /// Never answers what it has been sent so far.
    func forget(_ link: ScriptedLink) {
        for sent in link.sent { if let id = sent.id { answered.insert(key(link, id)) } }
    }

    /// Does on a link what it does by itself.
    func pump(_ link: ScriptedLink) {
        guard isThere, link.isOpened, !link.isClosed else { return }
        if link.sent.isEmpty { link.openNow() }
        while let next = pending(link) {
            answered.insert(key(link, next.id))
            if next.kind == .tools, let announces { link.receive(announces) }
            if let kind = next.kind, failing.contains(ByteText(kind.member)) {
                link.receive(#"{"jsonrpc":"2.0","id":\#(next.id),"error":{"code":\#(failureCode),"message":"no"}}"#)
            } else {
                link.answer(next.id, result: next.result)
            }
        }
    }

    /// One request, on one link.
    private struct Key: Hashable {
        let link: ObjectIdentifier
        let id: Int64
    }

    private var answered: Set<Key> = []

    private func key(_ link: ScriptedLink, _ id: Int64) -> Key { Key(link: ObjectIdentifier(link), id: id) }

    private func pending(_ link: ScriptedLink) -> (id: Int64, kind: CatalogKind?, result: String)? {
        for sent in link.sent {
            guard let id = sent.id, !answered.contains(key(link, id)) else { continue }
            let extra = era == .modern ? #""resultType":"complete","ttlMs":60000,"cacheScope":"public","# : ""
            switch sent.message.method {
            case .initialize:
                return (
                    id, nil,
                    #"{"protocolVersion":"2025-11-25","capabilities":\#(capabilities),"serverInfo":{"name":"\#(name)","version":"1"}\#(words)}"#
                )
            case .serverDiscover:
                return (
                    id, nil,
                    #"{\#(extra)"supportedVersions":["2026-07-28"],"capabilities":\#(capabilities),"_meta":{"io.modelcontextprotocol/serverInfo":{"name":"\#(name)","version":"1"}}\#(words)}"#
                )
            case .loggingSetLevel: return (id, nil, "{}")
            case let method:
                guard let kind = CatalogKind(of: method), !hanging.contains(ByteText(kind.member)) else { continue }
                if let result = results[kind.member] { return (id, kind, result) }
                return (id, kind, #"{\#(extra)"\#(kind.member)":\#(lists[kind.member] ?? "[]")}"#)
            }
        }
        return nil
    }

    private var words: String { instructions.map { #","instructions":"\#($0)""# } ?? "" }
}

/// Several servers behind one offer, scripted, with their connections on one event loop and clients on another.
final class MergedHarness {
    let clients = ManualEventLoop()
    let upstreams = ManualEventLoop()
    let board = CatalogBoard()
    private(set) var servers: [MergedServer] = []
    let gateway: Gateway
    private(set) var offer: Offer
    var members: [Member] = []

    /// - Parameter servers: Each with its era and the names of its tools.
    init(
        _ servers: [(String, Era, [String])] = [
            ("git", .legacy, ["status", "log"]), ("hub", .modern, ["status", "push"]),
        ],
        _ terms: OfferTerms = OfferTerms(), access: [Access] = [], indexing work: IndexWork = .atOnce,
        configure: (inout ServerConnectionSettings) -> Void = { _ in }
    ) {
        gateway = Gateway(limits: GatewayLimits(), catalogs: board)
        offer = Offer(name: "", merging: [], terms, indexing: work, logger: .silent)
        for (name, era, tools) in servers {
            self.servers.append(
                MergedServer(name, era, tools: tools, on: upstreams, board: board, configure: configure))
        }
        members = self.servers.enumerated().map { index, server in
            Member(server.connections, access: access.indices.contains(index) ? access[index] : .everybody)
        }
        offer.show(members, terms, logsRequests: false)
    }

    subscript(name: String) -> MergedServer { servers.first { $0.name == name } ?? servers[0] }

    /// Starts all servers, and lets those that are there list what they have.
    func start() {
        for server in servers { server.connections.start() }
        settle()
    }

    func settle() {
        for _ in 0..<60 {
            clients.run()
            upstreams.run()
            for server in servers {
                for link in server.script.links { loop(of: link).within { server.pump(link) } }
            }
            upstreams.run()
        }
    }

    /// Where a link lives: with its session, when it is for that one alone.
    func loop(of link: ScriptedLink) -> ManualEventLoop { link.eventLoop === clients ? clients : upstreams }

    /// A server says something on its newest link.
    func says(_ name: String, _ text: String) throws {
        let link = try self[name].script.link
        loop(of: link).perform { link.receive(text) }
        settle()
    }

    /// Opens a session.
    func open(
        _ principal: Principal = .anonymous, _ narrowing: Narrowing = .none, version: String = "2025-11-25",
        capabilities: String = GatewayHarness.everything, named name: String = "c",
        at other: Offer? = nil
    ) throws -> MergedClient {
        let initialize = try Message(
            #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"\#(version)","#
                + #""capabilities":\#(capabilities),"clientInfo":{"name":"\#(name)","version":"1"}}}"#)
        let outcome = GatewayHarness.Outcome()
        clients.perform {
            gateway.open(initialize, offer: other ?? offer, narrowing: narrowing, principal: principal, on: clients) {
                outcome.opening = $0
            }
        }
        settle()
        return try MergedClient(outcome.session, try outcome.answer, self)
    }

    /// What is offered at a server's own path.
    func own(_ name: String) -> Offer { Offer(name: name, Member(self[name].connections), logger: .silent) }

    /// Puts a request without session.
    func ask(_ ask: Ask, _ narrowing: Narrowing = .none, at other: Offer? = nil) throws -> ModernReplyRecorder {
        let reply = ModernReplyRecorder()
        let message = try Message(ask.text)
        guard let id = message.id else { throw TestClient.NotSent() }
        let request = ModernRequest(
            message, id: id, offer: other ?? offer, narrowing: narrowing, principal: ask.principal,
            parameters: ask.parameters)
        clients.perform { gateway.receive(request, reply, on: clients) }
        settle()
        return reply
    }

    /// The last request of a method that a server was sent, on any link.
    func last(_ name: String, _ method: MCPCore.Method) throws -> (
        link: ScriptedLink, sent: ScriptedLink.Sent, id: Int64
    ) {
        for link in self[name].script.links.reversed() {
            if let sent = link.requests(method).last, let id = sent.id { return (link, sent, id) }
        }
        throw TestClient.NotSent()
    }

    /// A server answers the last request of a method.
    func answers(_ name: String, _ method: MCPCore.Method, _ result: String) throws {
        let (link, _, id) = try last(name, method)
        loop(of: link).perform { link.receive(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#) }
        settle()
    }

    func refuses(_ name: String, _ method: MCPCore.Method, code: Int) throws {
        let (link, _, id) = try last(name, method)
        loop(of: link).perform {
            link.receive(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":\#(code),"message":"no"}}"#)
        }
        settle()
    }
}

/// One client's session at several servers.
final class MergedClient {
    let session: ClientSession
    let introduction: JSONView?
    let outlet = OutletRecorder()
    private let harness: MergedHarness

    init(_ session: ClientSession, _ answer: Message?, _ harness: MergedHarness) throws {
        self.session = session
        self.harness = harness
        introduction = answer?.view(answer?.envelope.result)
        harness.clients.perform {
            session.outlet = outlet
            session.outletOpened()
        }
        harness.settle()
    }

    func call(_ method: String, _ params: String = "{}", id: String = "1") throws -> ReplyRecorder {
        let reply = ReplyRecorder(carriesMessages: true)
        let message = try Message(#"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}"#)
        harness.clients.perform { session.receive(request: message, reply) }
        harness.settle()
        return reply
    }

    /// The names in a list.
    func names(_ kind: CatalogKind = .tools) throws -> [String] {
        let answer = try #require(try call(kind.method.rawValue).answers.first)
        let message = try Message(answer)
        return message.view(message.envelope.result)?[kind.member]?.elements.compactMap { $0[kind.key]?.string } ?? []
    }
}
