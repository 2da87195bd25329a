import Synchronization

/// The subscriptions of clients without session, within bounds.
final class OpenSubscriptions: Sendable {
    private let open = Mutex<[ObjectIdentifier: StatelessSubscription]>([:])
    private let maximumCount: Int
    private let maximumPerPrincipal: Int

    init(maximumCount: Int, maximumPerPrincipal: Int) {
        self.maximumCount = maximumCount
        self.maximumPerPrincipal = maximumPerPrincipal
    }

    var all: [StatelessSubscription] { open.withLock { Array($0.values) } }

    /// Counts a subscription, unless there are too many.
    func add(_ subscription: StatelessSubscription) -> Bool {
        open.withLock { open in
            guard open.count < maximumCount else { return false }
            let principal = subscription.request.principal
            if open.count >= maximumPerPrincipal,
                open.values.count(where: { $0.request.principal == principal }) >= maximumPerPrincipal
            {
                return false
            }
            open[ObjectIdentifier(subscription)] = subscription
            return true
        }
    }

    func remove(_ subscription: StatelessSubscription) {
        _ = open.withLock { $0.removeValue(forKey: ObjectIdentifier(subscription)) }
    }
}
