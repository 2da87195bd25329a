import MCPGateway
import NIOCore
import NIOHTTP1
import NIOSSL

// MARK: - What happens to a connection besides requests

extension ClientSocket {
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The client has closed its side without a farewell, of which the next event tells; what it has sent is complete
        // or not by its own length.
        if case .some(.uncleanShutdown) = error as? NIOSSLError { return }
        // What the HTTP parser refuses is answered once and the connection closed, so that leftovers are never
        // taken for another request. An answer that is under way still goes out.
        guard let error = error as? HTTPParserError, context.channel.isActive else {
            context.close(promise: nil)
            return
        }
        switch state {
        case .answering:
            keepAlive = false
            waiting.removeAll()
        case .refused: break
        case .idle, .deciding, .readingBody, .skippingBody:
            if error == .headerOverflow {
                refuse(Refusal(.headTooLong, "the headers are too long (limits.maxHeaderBytes)"))
            } else {
                refuse(Refusal(.malformed, "the request is not valid HTTP/1.1"))
            }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        // Asked to close: at once between requests, after the answer during one.
        case is HTTPListener.CloseWhenIdle:
            if case .answering = state { keepAlive = false } else { context.close(promise: nil) }
        case let secured as HandshakeWatch.Secured: self.secured(by: secured.certificate)
        case let review as VisitorReview: self.review(review)
        case is UnreadAnswers.GivenUp: giveUp(context)
        case ChannelEvent.inputClosed:
            inputClosed(context)
            context.fireUserInboundEventTriggered(event)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// Ends what somebody has begun who would not be let in any more. They are told why, unless they are being answered
    /// already.
    private func review(_ review: VisitorReview) {
        guard let visitor, !review.mayStay(visitor) else { return }
        switch state {
        case .readingBody, .skippingBody: refuse(visitor.farewell)
        case .answering: if responder?.cutOff(visitor.farewell) != true { context?.close(promise: nil) }
        case .idle, .deciding, .refused: break
        }
    }

    /// The client sends nothing more. It gets the answers to what it has sent, unless it has gone altogether, which
    /// looks the same until something is written to it.
    private func inputClosed(_ context: ChannelHandlerContext) {
        inputIsClosed = true
        switch state {
        case .idle, .readingBody, .skippingBody: context.close(promise: nil)
        case .answering:
            if waiting.isEmpty { keepAlive = false }
            responder?.inputClosed()
        // Its body may have come in full.
        case .deciding, .refused: break
        }
    }

    /// Writes something that changes no answer, so that a client that has gone can be told from one that only reads.
    func probeClient() {
        // A client of HTTP/1.0 does not know this answer (RFC 9110, 15.2).
        guard let context, hasChunks else { return }
        context.writeAndFlush(
            wrapOutboundOut(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
    }
}
