import MCPGateway
import NIOCore
import Synchronization

/// How many changes each principal may still ask for: as many at once as in a minute, regained evenly.
final class ChangeBudget: Sendable {
    private struct Share {
        var left: Double
        var asOf: NIODeadline
    }

    private let perMinute: Double
    private let now: @Sendable () -> NIODeadline
    /// One for each token at most, and one for the anonymous principal.
    private let shares = Mutex<[Principal: Share]>([:])

    init(perMinute: Int, now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        self.perMinute = Double(max(1, perMinute))
        self.now = now
    }

    /// Takes one change from a principal's share.
    ///
    /// - Returns: nil, or after how many seconds there will be one when there is none.
    func take(for principal: Principal) -> Int? {
        let now = now()
        return shares.withLock { shares in
            var share = shares[principal] ?? Share(left: perMinute, asOf: now)
            let seconds = Double((now - share.asOf).nanoseconds) / 1e9
            share.left = min(perMinute, share.left + max(0, seconds) * perMinute / 60)
            share.asOf = now
            defer { shares[principal] = share }
            guard share.left >= 1 else { return max(1, Int(((1 - share.left) * 60 / perMinute).rounded(.up))) }
            share.left -= 1
            return nil
        }
    }
}
