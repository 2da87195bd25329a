package import MCPCore
package import MCPUpstream

/// Remembers how an exchange went, and does what a test wants at that moment.
///
/// Used on one thread at a time; that is what makes `@unchecked Sendable` true.
package final class ExchangeRecorder: ExchangeReceiver, @unchecked Sendable {
    package private(set) var progress: [Message] = []
    package private(set) var answers: [Message] = []
    package private(set) var failures: [UpstreamFailure] = []
    /// Called at the end, whichever it is.
    package var ended: (() -> Void)?
    private let outgoing: OutgoingRequest
    package let isForClient: Bool

    /// - Parameter request: What is to be asked.
    package convenience init(_ request: Message) {
        self.init(OutgoingRequest(request))
    }

    /// - Parameter request: What is to be asked, as it is to be sent.
    package init(_ request: OutgoingRequest, isForClient: Bool = true) {
        outgoing = request
        self.isForClient = isForClient
    }

    package func request(for introduction: Introduction) -> OutgoingRequest? { outgoing }
    package var brought: BroughtFields? { outgoing.brought }

    /// How often the exchange ended: must never be more than once.
    package var endings: Int { answers.count + failures.count }

    package func exchangeProgressed(_ notification: Message) { progress.append(notification) }

    package func exchangeAnswered(_ answer: Message) {
        answers.append(answer)
        ended?()
    }

    package func exchangeFailed(_ failure: UpstreamFailure) {
        failures.append(failure)
        ended?()
    }
}

/// Remembers what an upstream said outside of answers.
///
/// Used on one thread at a time; that is what makes `@unchecked Sendable` true.
package final class UpstreamRecorder: UpstreamListener, @unchecked Sendable {
    /// One request of the server.
    package struct Question {
        package let request: ServerRequest
        package let exchange: (any ExchangeReceiver)?
    }

    /// For each time the upstream became ready, whether it had been before.
    package private(set) var readiness: [Bool] = []
    package private(set) var handshakesWanted = 0
    package private(set) var lostSessions = 0
    package private(set) var losses: [UpstreamFailure] = []
    package private(set) var questions: [Question] = []
    package private(set) var notifications: [(message: Message, exchange: (any ExchangeReceiver)?)] = []

    package init() {}

    package func upstreamBecameReady(_ upstream: Upstream, again: Bool) { readiness.append(again) }

    package func upstreamLostSession(_ upstream: Upstream) { lostSessions += 1 }

    package func upstreamWantsHandshake(_ upstream: Upstream) { handshakesWanted += 1 }

    package func upstreamWasLost(_ upstream: Upstream, _ failure: UpstreamFailure) { losses.append(failure) }

    package func upstream(
        _ upstream: Upstream, asks request: ServerRequest, during exchange: (any ExchangeReceiver)?
    ) {
        questions.append(Question(request: request, exchange: exchange))
    }

    package func upstream(
        _ upstream: Upstream, notifies message: Message, during exchange: (any ExchangeReceiver)?
    ) {
        notifications.append((message, exchange))
    }
}
