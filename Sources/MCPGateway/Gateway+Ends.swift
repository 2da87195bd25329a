import MCPCore
import MCPUpstream
import Metrics
import NIOCore

// MARK: - Requests that have ended

extension Gateway {
    /// Counts a request that has ended, tells those of it who look on, and leaves the line that `logEnabled` asks for.
    ///
    /// - Parameters:
    ///   - request: As its server got it, or would have got it: a tool is called there as the server calls it.
    ///   - origin: Which of its client's it is.
    ///   - server: Which was asked, or would have been; nil for none.
    ///   - era: What its client speaks.
    ///   - client: What its client says of itself; nil where it says nothing.
    ///   - traced: What its span tells, where it has one.
    func note(
        _ request: Message, from origin: RequestOrigin, of principal: Principal, at offer: Offer,
        _ server: ServerConnections?, in era: Era, client: @autoclosure () -> ByteBuffer?, _ end: RequestEnd,
        after elapsed: TimeAmount, traced: @autoclosure () -> TracedRequest
    ) {
        func tool() -> String? { request.view(request.envelope.name)?.string }
        if let refusal = end.refusal { meters.refusals.add(RefusalReason(refusal)) }
        (server?.meter ?? ownMeter).count(
            request.method, end.outcome, by: era == .modern ? .modern : .legacy, nanoseconds: elapsed.nanoseconds,
            tool: tool(),
            isListed: { name in server?.catalog.current?[.tools]?.has(name) ?? false })
        if audit != nil, request.method == .toolsCall {
            writeDown(request, from: origin, of: principal, at: offer, server, client: client(), end, after: elapsed)
        }
        if timeline.isWanted {
            show(request, from: origin, of: principal, at: offer, server, client: client(), end, after: elapsed)
        }
        if tracer != nil { writeSpan(of: request, from: origin, at: offer, server, traced(), end, after: elapsed) }
        guard offer.logsRequests else { return }
        offer.log(
            origin.saying(request.traceContext), method: request.methodName, of: principal,
            tool: request.method == .toolsCall ? tool() : nil,
            at: server,
            elapsed: elapsed, outcome: end.word)
    }
}
