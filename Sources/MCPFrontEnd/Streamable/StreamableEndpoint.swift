import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1

/// Step 3 of 17 of a call: after ``FrontDoor``, before ``ClientSession``.
///
/// The streamable HTTP transport towards clients, revisions 2025-03-26 to 2025-11-25. Requests of later revisions are
/// told apart one by one and handed on.
///
/// [Transports, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http)
struct StreamableEndpoint: Sendable {
    static let sessionHeader = "Mcp-Session-Id"
    static let versionHeader = "MCP-Protocol-Version"

    let gateway: Gateway
    let limits: HTTPLimits
    /// What all sessions may keep for clients that come back.
    private let replayBudget: ByteBudget
    private let modern: ModernEndpoint

    init(gateway: Gateway, limits: HTTPLimits) {
        self.gateway = gateway
        self.limits = limits
        replayBudget = ByteBudget(bytes: limits.maximumReplayBytes)
        modern = ModernEndpoint(gateway: gateway, limits: limits)
    }

    /// Returns the longest body that a request with this method may have; 0 where a body means nothing.
    func maximumBody(of method: HTTPMethod) -> Int { method == .POST ? limits.maximumBodyBytes : 0 }

    func handle(_ request: AuthenticatedRequest, body: ByteBuffer, _ responder: HTTPResponder) {
        do throws(Refusal) {
            if request.http.method != .POST, ModernEndpoint.isNamed(by: request) { throw ModernEndpoint.onlyPOST }
            switch request.http.method {
            case .POST: try post(request, body, responder)
            case .GET: try get(request, responder)
            case .DELETE: try delete(request, responder)
            default:
                throw Refusal(.methodNotAllowed("GET, POST, DELETE"), "use POST, GET or DELETE")
            }
        } catch {
            responder.refuse(error)
        }
    }

    // MARK: POST

    private func post(
        _ request: AuthenticatedRequest, _ body: ByteBuffer, _ responder: HTTPResponder
    ) throws(Refusal) {
        guard isJSON(contentType: request.http[.contentType]) else {
            throw Refusal(.unsupportedMediaType, "send Content-Type: application/json")
        }
        guard request.http[.contentEncoding].map({ $0.lowercased() == "identity" }) ?? true else {
            throw Refusal(.unsupportedMediaType, "send the body without Content-Encoding")
        }
        let accepts = AcceptedTypes(request.http.all(.accept))
        guard accepts.json || accepts.eventStream else {
            throw Refusal(.notAcceptable, "send Accept: application/json, text/event-stream")
        }
        let isStateless = ModernEndpoint.isNamed(by: request)
        if Batch.isBatch(body), !isStateless {
            try checkVersion(request)
            try postBatch(body, request, accepts, responder)
            return
        }
        let message: Message
        do {
            message = try Message(body, maximumDepth: limits.maximumJSONDepth)
        } catch {
            responder.refuse(error)
            return
        }
        if let adHoc = request.bringing, AdHocEndpoint.isMeant(message) {
            return adHoc.take(request.admitted, body: body, responder)
        }
        if isStateless || message.envelope.metadata.protocolVersion != nil {
            try modern.post(message, request, accepts, responder)
            return
        }
        try checkVersion(request)
        if message.kind == .request, message.method == .initialize {
            try open(message, request, responder)
            return
        }
        guard let session = try session(for: request) else {
            try receiveWithoutSession(message, request, accepts, responder)
            return
        }
        let passed = request.passed
        session.runNowOrLater { session in
            session.take(passed)
            receive(message, in: session, accepts, responder)
        }
    }

    /// A client that never opened a session is served all the same, as the original program does.
    private func receiveWithoutSession(
        _ message: Message,
        _ request: AuthenticatedRequest,
        _ accepts: AcceptedTypes,
        _ responder: HTTPResponder
    ) throws(Refusal) {
        guard message.kind == .request else {
            responder.respond(.accepted)
            return
        }
        try openForOneRequest(request, responder) { session in
            receive(message, in: session, accepts, responder)
            session.endWithItsCalls()
        }
    }

    private func openForOneRequest(
        _ request: AuthenticatedRequest,
        _ responder: HTTPResponder,
        _ body: @escaping @Sendable (ClientSession) -> Void
    ) throws(Refusal) {
        gateway.openForOneRequest(
            offer: request.offer,
            narrowing: try NarrowingReader.read(request.admitted),
            principal: request.principal,
            passed: request.passed,
            on: responder.eventLoop,
            completion: body
        )
    }

    /// The version header must name a revision that we speak. It may be absent: then 2025-03-26 is assumed.
    private func checkVersion(_ request: AuthenticatedRequest) throws(Refusal) {
        guard let name = request.http[.protocolVersion], ProtocolVersion(inHandshake: name) == nil else {
            return
        }
        let known = ProtocolVersion.spoken.map(\.name).joined(separator: ", ")
        throw Refusal(
            .malformed,
            "MCP-Protocol-Version \"\(name.prefix(40))\" is not supported; supported: \(known)"
        )
    }

    private func open(
        _ message: Message, _ request: AuthenticatedRequest, _ responder: HTTPResponder
    ) throws(Refusal) {
        let narrowing = try NarrowingReader.read(request.admitted)
        gateway.open(
            message, from: responder.origin, offer: request.offer, narrowing: narrowing, principal: request.principal,
            passed: request.passed, on: responder.eventLoop
        ) { opening in
            switch opening {
            case .opened(let session, let answer):
                let streams = SessionStreams(
                    on: session.eventLoop, version: session.version, limits: limits, budget: replayBudget)
                session.outlet = streams
                responder.runNowOrLater { responder in
                    guard !responder.isEnded else {
                        // Nobody has learnt the session's identifier.
                        session.runNowOrLater { $0.close(reason: "the client has gone") }
                        return
                    }
                    responder.respond(.ok, json: answer, [(Self.sessionHeader, session.id)])
                }
            case .failed(let answer): responder.runNowOrLater { $0.respond(.ok, json: answer) }
            case .refused(let refusal): responder.runNowOrLater { $0.refuse(refusal, to: message.id) }
            }
        }
    }

    /// Returns the session that a request names; nil when it names none.
    private func session(for request: AuthenticatedRequest) throws(Refusal) -> ClientSession? {
        guard let id = request.http[.sessionID] else { return nil }
        guard !request.http.isRepeated(.sessionID) else {
            throw Refusal(.malformed, "more than one Mcp-Session-Id header")
        }
        guard let session = gateway.sessions.find(id, principal: request.principal, offer: request.offer) else {
            throw Refusal(.unknownSession, "there is no such session; start a new one with \"initialize\"")
        }
        return session
    }

    private func neededSession(for request: AuthenticatedRequest) throws(Refusal) -> ClientSession {
        guard let session = try session(for: request) else {
            throw Refusal(
                .malformed,
                "send the Mcp-Session-Id header that the answer to \"initialize\" carried"
            )
        }
        return session
    }

    /// Must be called on the session's event loop.
    private func receive(
        _ message: Message,
        in session: ClientSession,
        _ accepts: AcceptedTypes,
        _ responder: HTTPResponder
    ) {
        switch message.kind {
        case .request:
            let reply = StreamableReply(
                responder,
                session: streams(of: session),
                of: session,
                accepts: accepts,
                limits: limits
            )
            reply.start()
            session.receive(request: message, reply)
        case .notification:
            session.receive(notification: message)
            responder.runNowOrLater { $0.respond(.accepted) }
        case .result, .error:
            session.receive(response: message)
            responder.runNowOrLater { $0.respond(.accepted) }
        }
    }

    private func streams(of session: ClientSession) -> SessionStreams {
        if let streams = session.outlet as? SessionStreams { return streams }
        let streams = SessionStreams(
            on: session.eventLoop, version: session.version, limits: limits, budget: replayBudget)
        session.outlet = streams
        return streams
    }

    private func postBatch(
        _ body: ByteBuffer,
        _ request: AuthenticatedRequest,
        _ accepts: AcceptedTypes,
        _ responder: HTTPResponder
    ) throws(Refusal) {
        let named = try session(for: request)
        var messages: [Message] = []
        do {
            let parts = try Batch.split(
                body,
                maximumCount: limits.maximumBatchCount,
                maximumDepth: limits.maximumJSONDepth
            )
            for part in parts { messages.append(try Message(part, maximumDepth: limits.maximumJSONDepth)) }
        } catch {
            responder.refuse(error)
            return
        }
        let hasRequests = messages.contains { $0.kind == .request }
        // What needs no answer is taken with any revision.
        guard !hasRequests || named?.version.hasBatches ?? true else {
            throw Refusal(
                .malformed,
                "batches exist only in revision 2025-03-26; send the messages one by one"
            )
        }
        guard !messages.contains(where: { $0.method == .initialize }) else {
            throw Refusal(.malformed, "\"initialize\" must not be part of a batch")
        }
        if let named {
            let passed = request.passed
            named.runNowOrLater { [messages] in
                $0.take(passed)
                receive(messages, in: $0, accepts, responder)
            }
        } else if !hasRequests {
            responder.respond(.accepted)
        } else {
            try openForOneRequest(request, responder) { [messages] session in
                receive(messages, in: session, accepts, responder)
                session.endWithItsCalls()
            }
        }
    }

    /// Must be called on the session's event loop.
    private func receive(
        _ batch: [Message],
        in session: ClientSession,
        _ accepts: AcceptedTypes,
        _ responder: HTTPResponder
    ) {
        let requests = batch.filter { $0.kind == .request }
        for message in batch {
            switch message.kind {
            case .request: continue
            case .notification: session.receive(notification: message)
            case .result, .error: session.receive(response: message)
            }
        }
        guard !requests.isEmpty else {
            responder.runNowOrLater { $0.respond(.accepted) }
            return
        }
        let reply = StreamableReply(
            responder,
            session: streams(of: session),
            of: session,
            accepts: accepts,
            limits: limits,
            batchOf: requests.count
        )
        reply.start()
        for request in requests { session.receive(request: request, reply) }
    }

    // MARK: GET and DELETE

    private func get(_ request: AuthenticatedRequest, _ responder: HTTPResponder) throws(Refusal) {
        guard AcceptedTypes(request.http.all(.accept)).eventStream else {
            throw Refusal(.notAcceptable, "send Accept: text/event-stream")
        }
        try checkVersion(request)
        let lastEventID = request.http.header("last-event-id")
        let session = try neededSession(for: request)
        session.runNowOrLater { session in
            do throws(Refusal) {
                let streams = streams(of: session)
                let resumption = try streams.resumption(after: lastEventID)
                let writer = EventStreamWriter(responder)
                writer.begin {
                    session.runNowOrLater { _ in streams.detach(writer, from: resumption.stream) }
                }
                streams.attach(writer, resumption)
                session.outletOpened()
            } catch {
                responder.runNowOrLater { $0.refuse(error) }
            }
        }
    }

    private func delete(_ request: AuthenticatedRequest, _ responder: HTTPResponder) throws(Refusal) {
        let session = try neededSession(for: request)
        session.runNowOrLater { session in
            session.close(reason: "the client ended the session")
            responder.runNowOrLater { $0.respond(.noContent) }
        }
    }
}
