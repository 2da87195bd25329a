import MCPValues
import Synchronization

/// Finds the calls that wait until their clients come back with what a server has asked for.
///
/// The name under which a call waits is all that a client gets, as its `requestState`: 192 random bits that say nothing
/// and cannot be guessed or altered into another one. Everything that it stands for stays here.
final class SuspendedCalls: Sendable {
    private let calls = Mutex<[ByteText: StatelessCall]>([:])
    private let maximumCount: Int

    init(maximumCount: Int) {
        self.maximumCount = maximumCount
    }

    var all: [StatelessCall] { calls.withLock { Array($0.values) } }

    static func makeName() -> String { SessionStore.makeID() }

    /// Keeps a call, unless too many wait already.
    func add(_ call: StatelessCall, named name: String) -> Bool {
        calls.withLock { calls in
            guard calls.count < maximumCount else { return false }
            calls[ByteText(name)] = call
            return true
        }
    }

    func remove(_ name: String) {
        _ = calls.withLock { $0.removeValue(forKey: ByteText(name)) }
    }

    func find(_ name: String) -> StatelessCall? {
        calls.withLock { $0[ByteText(name)] }
    }
}
