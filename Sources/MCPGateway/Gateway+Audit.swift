import Audit
import MCPCore
import Metrics
import NIOCore

// MARK: - Writing down what was called

extension Gateway {
    /// Returns why a request is not taken because it could not be written down; nil where it is.
    func auditRefusal(of method: Method) -> Refusal? {
        guard let audit, method == .toolsCall, let words = audit.hindrance else { return nil }
        return Refusal(.notAudited, words)
    }

    /// Writes down a call of a tool that has ended.
    ///
    /// - Parameters:
    ///   - request: As its server got it, or would have got it.
    ///   - client: What its client says of itself; nil where it says nothing.
    func writeDown(
        _ request: Message, from origin: RequestOrigin, of principal: Principal, at offer: Offer,
        _ server: ServerConnections?, client: ByteBuffer?, _ end: RequestEnd, after elapsed: TimeAmount
    ) {
        guard let audit else { return }
        var call = AuditedCall(
            request: origin.number, principal: principal.name, route: offer.label,
            outcome: end.outcome.rawValue)
        call.client = client
        call.address = origin.address
        call.server = server?.displayName
        call.tool = request.view(request.envelope.name)?.string
        call.reason = end.outcome == .ok ? nil : end.reason
        call.nanoseconds = elapsed.nanoseconds
        call.requestBytes = request.bytes.readableBytes
        call.answerBytes = end.answerBytes
        if audit.rules.arguments != .none { call.arguments = request.params?["arguments"] }
        audit.note(call)
    }
}
