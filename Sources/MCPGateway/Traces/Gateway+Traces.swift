import MCPCore
import Metrics
import NIOCore
import Traces

// MARK: - Spans of requests

extension Gateway {
    /// Decides whether a request has a span that is kept, and begins it.
    func span(of request: Message, from origin: RequestOrigin, at started: NIODeadline) -> RequestSpan? {
        guard let tracer else { return nil }
        return tracer.begin(within: request.traceContext ?? origin.trace, at: started)
    }

    /// Writes the span of a request down that has ended.
    ///
    /// - Parameter request: As its server got it, or would have got it.
    func writeSpan(
        of request: Message, from origin: RequestOrigin, at offer: Offer, _ server: ServerConnections?,
        _ traced: TracedRequest, _ end: RequestEnd, after elapsed: TimeAmount
    ) {
        let span: RequestSpan?
        switch traced.span {
        case .decided(let decided): span = decided
        case .undecided: span = self.span(of: request, from: origin, at: .now() - elapsed)
        }
        guard let span else { return }
        span.tracer.end(span, name: request.spanName, at: span.started + elapsed) { record in
            record.describe(request)
            if let id = request.view(request.envelope.id) {
                record.add("jsonrpc.request.id", id.string ?? String(buffer: id.bytes))
            }
            if let version = traced.version { record.add("mcp.protocol.version", version) }
            if let session = traced.session { record.add("mcp.session.id", session) }
            record.add("network.transport", origin.network.rawValue)
            if !origin.address.isEmpty { record.add("client.address", origin.address) }
            record.add("mcp_proxy.request.id", origin.number.text)
            record.add("mcp_proxy.route", offer.label)
            if let server { record.add("mcp_proxy.server", server.displayName) }
            if let code = end.errorCode { record.add("rpc.response.status_code", "\(code)") }
            if let kind = end.errorKind { record.fail(kind) }
            // What came with the message counts; what came with its HTTP request is another place of the same.
            if let other = origin.trace, let parent = span.parent, other.span != parent.span { record.link(to: other) }
        }
    }
}

extension RequestEnd {
    /// What went wrong, in a word of which there are few; nil where nothing did.
    fileprivate var errorKind: String? {
        switch outcome {
        case .ok: nil
        case .error: errorCode.map { "\($0)" } ?? "_OTHER"
        case .timeout, .toolError: outcome.rawValue
        case .refused: refusal.map { RefusalReason($0).rawValue } ?? word
        case .cancelled, .unavailable: word
        }
    }
}
