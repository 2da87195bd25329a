package import MCPValues
package import NIOCore
import Synchronization

/// What a caller may do at the moment. There is one for each caller, and all that the caller has refers to it: with other
/// rights everything of theirs goes by those at once.
package final class Standing: Sendable {
    package let name: String
    /// Of the name, for every call looks callers up.
    let hash: Int
    let isNamed: Bool
    private let current: Mutex<Rights>
    private let calls: CallBudget

    /// Somebody without rights of their own.
    convenience init(name: String) {
        self.init(name: name, isNamed: false, .none, now: { .now() })
    }

    /// A client that the operator has named.
    package convenience init(
        client name: String, _ rights: Rights, now: @escaping @Sendable () -> NIODeadline = { .now() }
    ) {
        self.init(name: "client \(name)", isNamed: true, rights, now: now)
    }

    private init(name: String, isNamed: Bool, _ rights: Rights, now: @escaping @Sendable () -> NIODeadline) {
        self.name = name
        self.isNamed = isNamed
        hash = ByteText(name).hashValue
        current = Mutex(rights)
        calls = CallBudget(now: now)
    }

    package var rights: Rights { current.withLock { $0 } }

    /// Gives other rights.
    ///
    /// - Returns: Whether they are others than before.
    @discardableResult
    package func take(_ rights: Rights) -> Bool {
        current.withLock { current in
            defer { current = rights }
            return current != rights
        }
    }

    func takeCall() -> Int? {
        guard let perMinute = rights.callsPerMinute else { return nil }
        return calls.take(perMinute: perMinute)
    }
}
