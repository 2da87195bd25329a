import Synchronization

/// The access tokens with which callers have come last, for servers whose tokens are got by them. In memory alone, and
/// shown to nobody but the endpoints that the operator has named.
package final class CallerTokens: Sendable {
    private static let maximumCallers = 10_000

    /// By the bytes of their names: two that look the same are two callers.
    private let tokens = Mutex<[[UInt8]: String]>([:])
    /// Whether some server is called with what is got by them.
    private let isWanted = Atomic(false)

    package init() {}

    /// Notes the token with which somebody comes.
    package func note(_ token: String, of caller: String) {
        guard isWanted.load(ordering: .relaxed) else { return }
        let caller = Array(caller.utf8)
        tokens.withLock { tokens in
            if tokens[caller] == nil, tokens.count >= Self.maximumCallers, let other = tokens.keys.first {
                tokens[other] = nil
            }
            tokens[caller] = token
        }
    }

    func areWanted() { isWanted.store(true, ordering: .relaxed) }

    func token(of caller: String) -> String? { tokens.withLock { $0[Array(caller.utf8)] } }
}
