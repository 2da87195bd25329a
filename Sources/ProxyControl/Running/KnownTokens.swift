import MCPFrontEnd
import MCPGateway
import ProxyConfiguration
import Synchronization

/// A token that is accepted somewhere. Whatever accepts it keeps this; once nothing does, the token is forgotten.
final class TokenLease: Sendable {
    let secret: Secret
    let principal: Principal
    private let known: KnownTokens

    fileprivate init(_ secret: Secret, _ principal: Principal, _ known: KnownTokens) {
        self.secret = secret
        self.principal = principal
        self.known = known
    }

    deinit {
        known.forget(secret, principal)
    }
}

/// The tokens that are accepted somewhere, each under one number that is never given to another one.
final class KnownTokens: Sendable {
    private struct Entry {
        weak var lease: TokenLease?
        let principal: Principal
    }

    private struct State {
        var entries: [Secret: Entry] = [:]
        var count = 0
    }

    private let state = Mutex(State())
    private let credentials: Credentials
    private let taskSeal: TaskSeal

    init(_ credentials: Credentials, _ taskSeal: TaskSeal) {
        self.credentials = credentials
        self.taskSeal = taskSeal
    }

    /// Makes a token known, unless it is.
    func lease(_ secret: Secret) -> TokenLease {
        state.withLock { state in
            if let lease = state.entries[secret]?.lease {
                // It may have been a client's meanwhile, and then that client's no more.
                credentials.add(secret.reveal(), for: lease.principal)
                return lease
            }
            let principal = Principal.token(number: state.count)
            state.count += 1
            let lease = TokenLease(secret, principal, self)
            state.entries[secret] = Entry(lease: lease, principal: principal)
            credentials.add(secret.reveal(), for: principal)
            taskSeal.add(Array(secret.reveal().utf8), of: principal)
            return lease
        }
    }

    /// Whether the token of a caller is still accepted anywhere.
    func accepts(_ principal: Principal) -> Bool {
        // What the lock finds is let go after it: the last one who keeps a lease takes the lock.
        let lease = state.withLock { state in
            state.entries.values.first { $0.principal == principal }?.lease
        }
        return lease != nil
    }

    /// How many there are.
    var count: Int { state.withLock { $0.entries.count } }

    fileprivate func forget(_ secret: Secret, _ principal: Principal) {
        state.withLock { state in
            // The token may have come back meanwhile, under another number.
            if state.entries[secret]?.principal == principal { state.entries[secret] = nil }
        }
        credentials.remove(secret.reveal(), of: principal)
        taskSeal.remove(principal)
    }
}
