import MCPGateway
import NIOCore
import Synchronization

/// How many changes each principal may still ask for: as many at once as in a minute, regained evenly.
final class ChangeBudget: Sendable {
    private let perMinute: Int
    private let now: @Sendable () -> NIODeadline
    /// Of everybody who has asked for a change lately.
    private let shares = Mutex<[Principal: MinuteBudget]>([:])
    /// After which a share is whole again, whatever was taken of it.
    private static let memory = TimeAmount.minutes(1)

    init(perMinute: Int, now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        self.perMinute = max(1, perMinute)
        self.now = now
    }

    /// Of how many principals something is remembered.
    var count: Int { shares.withLock { $0.count } }

    /// Takes one change from a principal's share.
    ///
    /// - Returns: nil, or after how many seconds there will be one when there is none.
    func take(for principal: Principal) -> Int? {
        let now = now()
        return shares.withLock { shares in
            // Tokens come and go.
            if shares[principal] == nil { shares = shares.filter { now - $0.value.asOf < Self.memory } }
            return shares[principal, default: MinuteBudget()].take(perMinute: perMinute, at: now)
        }
    }
}
