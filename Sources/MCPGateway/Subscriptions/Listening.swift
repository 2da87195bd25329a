import MCPCore
import MCPUpstream
import NIOCore

/// One `subscriptions/listen` request to a stateless server.
final class Listening: ExchangeReceiver {
    let filter: SubscriptionFilter
    let id: Int64
    /// What the server has agreed to tell; nil before it has.
    private(set) var acknowledged: SubscriptionFilter?
    private let metadata: RequestMetadata
    /// A server may still say something when nobody listens any more.
    private weak var feed: ListeningFeed?

    init(_ filter: SubscriptionFilter, id: Int64, metadata: RequestMetadata, feed: ListeningFeed) {
        self.filter = filter
        self.id = id
        self.metadata = metadata
        self.feed = feed
    }

    func request(for introduction: Introduction) -> OutgoingRequest? {
        guard introduction.era == .modern else { return nil }
        var params = ByteBuffer(string: #"{"notifications":"#)
        params.writeImmutableBuffer(filter.json)
        params.writeStaticString("}")
        // Our own text is a message by construction.
        guard let message = try? Message(OwnMessages.request(id: 0, method: .subscriptionsListen, params: params))
        else {
            return nil
        }
        return OutgoingRequest(message, edits: metadata.edits(for: message, logLevel: nil), isOpenEnded: true)
    }

    /// Takes a notification that came for this request.
    func heard(_ notification: Message) {
        if notification.method == .subscriptionAcknowledged {
            acknowledged = SubscriptionFilter(notification.params?["notifications"]).intersection(filter)
            feed?.acknowledged(self)
        } else if acknowledged != nil {
            feed?.heard(notification, by: self)
        }
    }

    func exchangeProgressed(_ notification: Message) {}

    func exchangeAnswered(_ answer: Message) {
        let code = answer.errorCode
        let isRefused = acknowledged == nil && (code == .methodNotFound || code == .invalidParams)
        let words = answer.view(answer.envelope.error)?["message"]?.string ?? "it ended the subscription"
        feed?.ended(self, refusal: isRefused ? code : nil, words)
    }

    func exchangeFailed(_ failure: UpstreamFailure) {
        feed?.ended(self, refusal: nil, failure.detail)
    }
}
