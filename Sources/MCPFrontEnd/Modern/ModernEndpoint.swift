import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1

/// Step 4 of 19 of a modern call: after ``StreamableEndpoint``, before ``Gateway``.
///
/// The streamable HTTP transport towards clients since revision 2026-07-28: every POST stands alone.
///
/// [Streamable HTTP, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http)
struct ModernEndpoint: Sendable {
    static let onlyPOST = Refusal(
        .methodNotAllowed("POST"), "in revision \(ProtocolVersion.latestModern.name) there is only POST")

    let gateway: Gateway
    let limits: HTTPLimits

    /// Tells whether the version header names a revision without sessions.
    static func isNamed(by request: AuthenticatedRequest) -> Bool {
        guard let first = request.http[.protocolVersion] else { return false }
        if ProtocolVersion.isModern(first.trimmingSpaces) { return true }
        return request.http.isRepeated(.protocolVersion)
            && request.http.all(.protocolVersion).contains { ProtocolVersion.isModern($0.trimmingSpaces) }
    }

    func post(
        _ message: Message,
        _ request: AuthenticatedRequest,
        _ accepts: AcceptedTypes,
        _ responder: HTTPResponder
    ) throws(Refusal) {
        switch message.kind {
        // No notification of a client means anything over HTTP: a call is cancelled by closing its stream.
        case .notification: responder.respond(.accepted)
        case .result, .error:
            throw Refusal(
                .malformed,
                "a client sends no responses in revision \(ProtocolVersion.latestModern.name): repeat the request "
                    + "with params.inputResponses"
            )
        case .request: try receive(message, request, accepts, responder)
        }
    }

    private func receive(
        _ message: Message,
        _ request: AuthenticatedRequest,
        _ accepts: AcceptedTypes,
        _ responder: HTTPResponder
    ) throws(Refusal) {
        guard let id = message.id else { return }
        guard accepts.eventStream || message.method != .subscriptionsListen else {
            throw Refusal(.notAcceptable, "send Accept: application/json, text/event-stream")
        }
        let narrowing: Narrowing
        do throws(Refusal) {
            try ModernEnvelope.checkMembers(of: message)
            let version = try ModernHeaders.check(request.http, of: message)
            try ModernEnvelope.checkVersion(version)
            narrowing = try NarrowingReader.read(request.admitted)
        } catch {
            responder.refuse(error, to: id)
            return
        }
        let reply = ModernReply(responder, accepts: accepts, limits: limits)
        reply.start()
        gateway.receive(
            ModernRequest(
                message,
                id: id,
                offer: request.offer,
                narrowing: narrowing,
                principal: request.principal,
                parameters: ModernHeaders.parameters(request.http),
                passed: request.passed
            ),
            reply,
            on: responder.eventLoop
        )
    }
}
