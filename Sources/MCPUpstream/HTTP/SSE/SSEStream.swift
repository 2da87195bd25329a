import MCPCore
import NIOCore
import NIOHTTP1

/// The GET stream of the HTTP+SSE transport: the endpoint first, then messages.
final class SSEStream: HTTPResponseReceiver {
    private enum Phase {
        /// Followed by all others.
        case awaitingHead
        case events
        case refusal(RefusedAnswer)
        case finished
    }

    private let link: SSELink
    private var phase = Phase.awaitingHead
    private var exchange: HTTPExchange?
    private var events: EventStream

    init(on link: SSELink) {
        self.link = link
        self.events = EventStream(maximumLength: link.settings.maximumMessageBytes)
    }

    func start(_ request: HTTPUpstreamRequest, _ way: RequestWay) {
        exchange = way.send(request, self)
    }

    func cancel() {
        phase = .finished
        exchange?.cancel()
        exchange = nil
    }

    // MARK: HTTPResponseReceiver

    func receive(head: HTTPResponseHead, of exchange: HTTPExchange) {
        let answer = AnswerHead(head)
        if answer.status == 200, answer.content == .eventStream, !answer.isEncoded {
            phase = .events
        } else {
            phase = .refusal(
                RefusedAnswer(
                    answer, from: link.url, maximumMessageBytes: RefusedAnswer.maximumTextBytes,
                    hiding: exchange.request.secrets))
        }
    }

    func receive(body: ByteBuffer, of exchange: HTTPExchange) {
        switch phase {
        case .events: read(body, at: exchange.request.target)
        case .refusal(var refused):
            phase = .awaitingHead
            let wantsMore = refused.append(body)
            phase = .refusal(refused)
            if !wantsMore { end(refused.failure) }
        case .awaitingHead, .finished: break
        }
    }

    func receiveEnd(of exchange: HTTPExchange) {
        switch phase {
        case .events: end(UpstreamFailure(.connectionLost, "its event stream ended"))
        case .refusal(let refused): end(refused.failure)
        case .awaitingHead, .finished: break
        }
    }

    func receive(failure: UpstreamFailure, of exchange: HTTPExchange) {
        if case .refusal(let refused) = phase { return end(refused.failure) }
        end(failure)
    }

    private func read(_ bytes: ByteBuffer, at target: String) {
        events.append(bytes)
        do throws(EventStream.TooLong) {
            // What is delivered can end the stream.
            while case .events = phase, let event = try events.next() {
                if event.name == "endpoint" {
                    link.streamNamed(endpoint: String(buffer: event.data), at: target)
                } else if event.isMessage {
                    link.streamReceived(event.data)
                }
            }
        } catch {
            let limit = link.settings.maximumMessageBytes
            end(UpstreamFailure(.unreadable, "it sent a message longer than \(limit) bytes"))
        }
    }

    private func end(_ failure: UpstreamFailure) {
        cancel()
        link.streamEnded(failure)
    }
}
