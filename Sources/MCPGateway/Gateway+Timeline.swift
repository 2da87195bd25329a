import Audit
import MCPCore
import Metrics
import NIOCore

// MARK: - Requests for people who look on

extension Gateway {
    /// Tells those who look on of a request that has ended.
    ///
    /// - Parameters:
    ///   - request: As its server got it, or would have got it.
    ///   - client: What its client says of itself; nil where it says nothing.
    func show(
        _ request: Message, from origin: RequestOrigin, of principal: Principal, at offer: Offer,
        _ server: ServerConnections?, client: ByteBuffer?, _ end: RequestEnd, after elapsed: TimeAmount
    ) {
        timeline.note(
            EndedRequest(
                time: AuditClock.now, request: origin.number.text, principal: principal.name, client: client,
                route: offer.label, server: server?.displayName, method: request.methodName,
                tool: request.method == .toolsCall ? request.view(request.envelope.name)?.string : nil,
                outcome: end.outcome.rawValue, reason: end.outcome == .ok ? nil : end.reason,
                nanoseconds: elapsed.nanoseconds, isPrivate: !offer.isListed))
    }
}
