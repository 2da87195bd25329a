import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// Keeps a stateless server telling what its clients want to hear: one `subscriptions/listen` for all of them, replaced
/// without a gap when they want something else, and opened again when it breaks.
final class ListeningFeed {
    /// Says what came of a wish.
    typealias Outcome = Result<SubscriptionFilter, UpstreamFailure>

    private static let maximumRetryDelay = 30

    private let upstream: Upstream
    private let metadata: RequestMetadata
    /// How long the server may take to agree.
    private let patience: TimeAmount
    /// What is wanted now.
    private let wanted: () -> SubscriptionFilter
    private let deliver: (Message) -> Void
    /// Called when the server was not heard for a while, with what may have been missed.
    private let missed: (SubscriptionFilter) -> Void
    private var current: Listening?
    private var next: Listening?
    private var waiters: [(Outcome) -> Void] = []
    private var failures = 0
    private var hadGap = false
    private var retryTimer: Scheduled<Void>?
    private var patienceTimer: Scheduled<Void>?
    /// Whether the server has no subscriptions at all.
    private var isRefused = false
    /// Resources that the server refuses to tell of. They must not keep it from telling everything else.
    private var rejected: Set<ByteText> = []
    /// Whether new resources are asked for one at a time, because the server has refused several at once.
    private var isSingling = false

    init(
        _ upstream: Upstream,
        metadata: RequestMetadata,
        acknowledgedWithin patience: TimeAmount,
        wanted: @escaping () -> SubscriptionFilter,
        deliver: @escaping (Message) -> Void,
        missed: @escaping (SubscriptionFilter) -> Void
    ) {
        self.upstream = upstream
        self.metadata = metadata
        self.patience = patience
        self.wanted = wanted
        self.deliver = deliver
        self.missed = missed
    }

    /// Brings what is heard in line with what is wanted.
    ///
    /// - Parameter completion: Gets what the server has agreed to tell once that is in line.
    func update(_ completion: ((Outcome) -> Void)? = nil) {
        if let completion {
            waiters.append(completion)
            // Somebody needs it now.
            retryTimer?.cancel()
            retryTimer = nil
        }
        guard next == nil, retryTimer == nil else { return }
        let target = nextFilter()
        if isRefused {
            settle(.failure(UpstreamFailure(.unexpectedHTTPAnswer, "it has no subscriptions")))
        } else if target.isEmpty {
            close()
            settle(.success(target))
        } else if let current, current.filter == target {
            settle(.success(current.acknowledged ?? SubscriptionFilter()))
        } else {
            open(target)
        }
    }

    /// Returns what to ask for next of what is wanted.
    private func nextFilter() -> SubscriptionFilter {
        var filter = wanted()
        rejected.formIntersection(filter.resources)
        filter.resources.subtract(rejected)
        guard isSingling else { return filter }
        let known = current?.filter.resources ?? []
        guard let one = filter.resources.subtracting(known).min() else {
            isSingling = false
            return filter
        }
        filter.resources.formIntersection(known)
        filter.resources.insert(one)
        return filter
    }

    /// Opens anew after the server was lost.
    func reopen() {
        retryTimer?.cancel()
        retryTimer = nil
        isRefused = false
        rejected = []
        failures = 0
        update()
    }

    private func open(_ filter: SubscriptionFilter) {
        let listening = Listening(filter, id: upstream.makeID(), metadata: metadata, feed: self)
        next = listening
        patienceTimer = upstream.eventLoop.assumeIsolated().scheduleTask(in: patience) { [weak self, weak listening] in
            guard let self, let listening, listening === next else { return }
            upstream.cancel(listening.id, reason: "timed out")
            ended(listening, refusal: nil, "it did not acknowledge the subscription in time")
        }
        upstream.exchange(listening, id: listening.id)
    }

    private func close() {
        if let current { upstream.cancel(current.id, reason: "nobody listens any more") }
        current = nil
    }

    private func settle(_ outcome: Outcome) {
        let waiters = self.waiters
        self.waiters = []
        for waiter in waiters { waiter(outcome) }
    }

    // MARK: What a subscription reports

    func acknowledged(_ listening: Listening) {
        guard listening === next else { return }
        patienceTimer?.cancel()
        // From here on the new one is heard; whatever the old one still says is said by the new one too.
        close()
        current = listening
        next = nil
        failures = 0
        if hadGap {
            hadGap = false
            missed(listening.acknowledged ?? SubscriptionFilter())
        }
        update()
    }

    func heard(_ notification: Message, by listening: Listening) {
        if listening === current { deliver(notification) }
    }

    /// - Parameter refusal: The code with which the server has refused a subscription from the beginning.
    func ended(_ listening: Listening, refusal: ErrorCode?, _ reason: String) {
        guard listening === next || listening === current else { return }
        if listening === next {
            next = nil
            patienceTimer?.cancel()
        } else {
            current = nil
        }
        let failure = UpstreamFailure(.connectionLost, reason)
        if let refusal { return refused(listening.filter, refusal, failure) }
        hadGap = hadGap || current == nil
        settle(.failure(failure))
        // A server that was lost is listened to again when it is back.
        guard case .ready = upstream.state else { return }
        let delay = min(1 << min(failures, 5), Self.maximumRetryDelay)
        failures += 1
        retryTimer?.cancel()
        retryTimer = upstream.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Int64(delay))) { [weak self] in
            guard let self else { return }
            retryTimer = nil
            update()
        }
    }

    /// The server refuses a subscription: it has none, or there is a resource among the new ones of which it will not tell.
    private func refused(_ filter: SubscriptionFilter, _ code: ErrorCode, _ failure: UpstreamFailure) {
        let news = filter.resources.subtracting(current?.filter.resources ?? [])
        if code == .methodNotFound || news.isEmpty {
            isRefused = true
            settle(.failure(failure))
            return
        }
        if news.count == 1 { rejected.formUnion(news) } else { isSingling = true }
        update()
    }
}
