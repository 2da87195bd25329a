import MCPCore
import MCPGateway
import MCPValues
import NIOCore
import NIOHTTP1
import Synchronization

/// The HTTP+SSE transport of revision 2024-11-05 towards clients: deprecated, and still what many speak.
///
/// [HTTP with SSE, 2024-11-05](https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse)
final class EventStreamEndpoint: Sendable {
    private static let unknownSession = Refusal(
        .unknownSession, "there is no such session; open a new stream at …/sse")

    private let gateway: Gateway
    private let limits: HTTPLimits
    private let table: EndpointTable
    private let sessions = Mutex<[ByteText: EventStreamSession]>([:])

    init(gateway: Gateway, limits: HTTPLimits, table: EndpointTable) {
        self.gateway = gateway
        self.limits = limits
        self.table = table
    }

    /// Returns the longest body that a request may have; 0 where a body means nothing.
    func maximumBody(of request: AuthenticatedRequest) -> Int {
        request.endpoint.kind == .eventStreamMessages && request.http.method == .POST ? limits.maximumBodyBytes : 0
    }

    func handle(_ request: AuthenticatedRequest, body: ByteBuffer, _ responder: HTTPResponder) {
        do throws(Refusal) {
            switch (request.endpoint.kind, request.http.method) {
            case (.eventStream, .GET):
                guard AcceptedTypes(request.http.all(.accept)).eventStream else {
                    throw Refusal(.notAcceptable, "send Accept: text/event-stream")
                }
                try openStream(request, responder)
            case (.eventStreamMessages, .POST): try post(request, body, responder)
            case (.eventStream, _):
                throw Refusal(
                    .methodNotAllowed("GET"),
                    "this is the HTTP+SSE endpoint: use GET here, or POST to the same server's /mcp"
                )
            default:
                throw Refusal(.methodNotAllowed("POST"), "use POST")
            }
        } catch {
            responder.refuse(error)
        }
    }

    /// Opens a stream with a session of its own.
    ///
    /// - Parameter ended: Is called once when the session has ended.
    func openStream(
        _ request: AuthenticatedRequest, _ responder: HTTPResponder, ended: @escaping @Sendable () -> Void = {}
    ) throws(Refusal) {
        guard !gateway.isDraining else {
            throw Refusal.shuttingDown
        }
        let narrowing = try NarrowingReader.read(request.admitted)
        let writer = EventStreamWriter(responder)
        let session = EventStreamSession(
            request,
            narrowing,
            writer: writer,
            on: responder.eventLoop,
            gateway: gateway
        ) { [weak self] id in
            _ = self?.sessions.withLock { $0.removeValue(forKey: ByteText(id)) }
            ended()
        }
        sessions.withLock { $0[ByteText(session.id)] = session }
        writer.begin {
            session.channel.runNowOrLater { $0.end(reason: "the client closed its stream") }
        }
        session.announce(endpoint: table.messagePath(of: request.offer))
    }

    private func post(
        _ request: AuthenticatedRequest, _ body: ByteBuffer, _ responder: HTTPResponder
    ) throws(Refusal) {
        guard isJSON(contentType: request.http[.contentType]) else {
            throw Refusal(.unsupportedMediaType, "send Content-Type: application/json")
        }
        guard let id = request.admitted.target.parameter("sessionId") else {
            throw Refusal(.malformed, "the sessionId parameter of the endpoint event is missing")
        }
        guard let session = sessions.withLock({ $0[ByteText(id)] })?.channel, session.principal == request.principal,
            session.offer.name.hasBytes(of: request.offer.name)
        else {
            throw Self.unknownSession
        }
        if Batch.isBatch(body) {
            throw Refusal(.malformed, "batches exist only in revision 2025-03-26 over streamable HTTP")
        }
        let message: Message
        do {
            message = try Message(body, maximumDepth: limits.maximumJSONDepth)
        } catch {
            responder.refuse(error)
            return
        }
        let passed = request.passed
        session.runNowOrLater { session in
            do throws(Refusal) {
                session.take(passed)
                try session.receive(message, from: responder.origin)
                responder.runNowOrLater { $0.respond(.accepted) }
            } catch {
                // A session that ended a moment ago is as good as unknown.
                let refusal = error.reason == .unknownSession ? Self.unknownSession : error
                responder.runNowOrLater { $0.refuse(refusal, to: message.id) }
            }
        }
    }

    /// Ends every stream.
    func close() {
        let open = sessions.withLock { sessions in
            defer { sessions = [:] }
            return Array(sessions.values)
        }
        for session in open { session.channel.runNowOrLater { $0.end(reason: "the proxy is shutting down") } }
    }
}
