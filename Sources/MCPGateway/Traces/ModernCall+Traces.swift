import NIOCore
import Traces

extension ModernCall {
    /// Returns the span of the call, for which it is decided once, however often it is made.
    func decideSpan() -> RequestSpan? {
        if case .decided(let span) = span { return span }
        let decided = gateway.span(of: request.message, from: reply.origin, at: started)
        span = .decided(decided)
        return decided
    }

    /// Notes that the call has ended.
    func note(_ end: RequestEnd) {
        gateway.note(request, from: reply.origin, end, at: server, after: eventLoop.now - started, span: span)
    }
}
