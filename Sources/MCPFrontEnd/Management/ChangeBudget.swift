import MCPGateway
import NIOCore
import Synchronization

/// Counts how many changes each principal may still ask for: as many at once as in a minute, regained evenly. What was
/// taken stays taken when the settings of the API change.
final class ChangeBudget: Sendable {
    private let now: @Sendable () -> NIODeadline
    /// Of everybody who has asked for a change lately.
    private let shares = Mutex<[Principal: MinuteBudget]>([:])
    /// After which a share is whole again, whatever was taken of it.
    private static let memory = TimeAmount.minutes(1)

    init(now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        self.now = now
    }

    /// Of how many principals something is remembered.
    var count: Int { shares.withLock { $0.count } }

    /// Takes one change from a principal's share.
    ///
    /// - Returns: nil, or after how many seconds there will be one when there is none.
    func take(for principal: Principal, perMinute: Int) -> Int? {
        let now = now()
        return shares.withLock { shares in
            // Tokens come and go.
            if shares[principal] == nil { shares = shares.filter { now - $0.value.asOf < Self.memory } }
            return shares[principal, default: MinuteBudget()].take(perMinute: max(1, perMinute), at: now)
        }
    }
}
