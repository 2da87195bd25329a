package import MCPValues
import NIOCore
import Synchronization

/// Holds what a caller may do at the moment. There is one for each caller, and all that the caller has refers to it:
/// with other rights everything of theirs goes by those at once.
package final class Standing: Sendable {
    private struct State {
        var rights: Rights
        var wider: [ScopedRights] = []
        /// When it was told last that there were too many.
        var told: NIODeadline?
    }

    /// How often it is told at most.
    private static let telling = TimeAmount.minutes(1)

    package let name: String
    /// Of the name, for every call looks callers up.
    let hash: Int
    let isNamed: Bool
    private let state: Mutex<State>
    private let calls: CallBudget

    /// Somebody without rights of their own.
    convenience init(name: String) {
        self.init(name: name, isNamed: false, .none)
    }

    /// A client that the operator has named.
    package convenience init(client name: String, _ rights: Rights) {
        self.init(name: "client \(name)", isNamed: true, rights)
    }

    /// A caller with an access token, who is a client that the operator has named by what the token says.
    ///
    /// - Parameter calls: What is left of their calls; the same one for all who are one client and differ in scopes alone.
    package convenience init(holder name: String, _ rights: Rights, calls: CallBudget = CallBudget()) {
        self.init(name: "holder \(name)", isNamed: true, rights, calls)
    }

    private init(name: String, isNamed: Bool, _ rights: Rights, _ calls: CallBudget = CallBudget()) {
        self.calls = calls
        self.name = name
        self.isNamed = isNamed
        hash = ByteText(name).hashValue
        state = Mutex(State(rights: rights))
    }

    package var rights: Rights { state.withLock { $0.rights } }

    /// What the caller might do with one scope more.
    var wider: [ScopedRights] { state.withLock { $0.wider } }

    /// Gives other rights.
    ///
    /// - Parameter wider: What the caller might do with one scope more.
    /// - Returns: Whether they are others than before.
    @discardableResult
    package func take(_ rights: Rights, wider: [ScopedRights] = []) -> Bool {
        state.withLock { state in
            defer { (state.rights, state.wider) = (rights, wider) }
            return state.rights != rights
        }
    }

    func takeCall(at now: NIODeadline) -> Int? {
        state.withLock { $0.rights.callsPerMinute }.flatMap { calls.take(perMinute: $0, at: now) }
    }

    /// Tells whether it is to be told that there were too many calls: once a minute, however many there were.
    func tellsOfTooMany(at now: NIODeadline) -> Bool {
        state.withLock { state in
            if let told = state.told, now - told < Self.telling { return false }
            state.told = now
            return true
        }
    }
}
