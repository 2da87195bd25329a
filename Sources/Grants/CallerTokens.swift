package import NIOCore
import Synchronization

/// The access tokens with which callers have come last, for servers whose tokens are got by them. In memory alone, and
/// shown to nobody but the endpoints that the operator has named.
package final class CallerTokens: Sendable {
    private static let maximumCallers = 10_000

    private struct Shown {
        let token: String
        let end: NIODeadline
    }

    /// By the bytes of their names: two that look the same are two callers.
    private let tokens = Mutex<[[UInt8]: Shown]>([:])
    /// Whether some server is called with what is got by them.
    private let wanted = Atomic(false)

    package init() {}

    /// Whether anybody wants to know with which tokens callers come.
    package var areWanted: Bool { wanted.load(ordering: .relaxed) }

    /// Notes the token with which somebody comes.
    ///
    /// - Parameter end: When it ends. After that nothing is got by it.
    package func note(_ token: String, of caller: String, until end: NIODeadline) {
        guard areWanted else { return }
        let caller = Array(caller.utf8)
        tokens.withLock { tokens in
            if tokens[caller] == nil, tokens.count >= Self.maximumCallers, let other = tokens.keys.first {
                tokens[other] = nil
            }
            tokens[caller] = Shown(token: token, end: end)
        }
    }

    /// Has them noted from now on.
    func want() { wanted.store(true, ordering: .relaxed) }

    func token(of caller: String) -> String? {
        let shown = tokens.withLock { $0[Array(caller.utf8)] }
        return shown.flatMap { .now() < $0.end ? $0.token : nil }
    }
}
