import NIOCore
import Traces

extension ClientSession {
    /// Returns the span of a call that goes to a server: that which it has already, where another server was asked before.
    func span(of call: Leg.WaitingCall) -> RequestSpan? {
        switch call.span {
        case .decided(let span): span
        case .undecided: gateway.span(of: call.request, from: call.reply.origin, at: eventLoop.now)
        }
    }
}
