import Synchronization

/// The subscriptions of clients without session, within bounds.
final class OpenSubscriptions: Sendable {
    private let open = Mutex<[ObjectIdentifier: ModernSubscription]>([:])
    private let counter: CallCounter

    init(maximumCount: Int, maximumPerPrincipal: Int) {
        counter = CallCounter(maximum: maximumCount, maximumPerPrincipal: maximumPerPrincipal)
    }

    var all: [ModernSubscription] { open.withLock { Array($0.values) } }

    /// Counts a subscription, unless there are too many.
    func add(_ subscription: ModernSubscription) -> Bool {
        guard counter.admit(subscription.request.principal) else { return false }
        open.withLock { $0[ObjectIdentifier(subscription)] = subscription }
        return true
    }

    /// Does nothing for one that was not added.
    func remove(_ subscription: ModernSubscription) {
        guard open.withLock({ $0.removeValue(forKey: ObjectIdentifier(subscription)) }) != nil else { return }
        counter.release(subscription.request.principal)
    }
}
