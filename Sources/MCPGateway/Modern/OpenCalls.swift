import Synchronization

/// The calls of clients without session that others may end while they are under way: where several servers are offered, any
/// of which may be taken away, and those that wait for a login.
final class OpenCalls: Sendable {
    private let open = Mutex<[ObjectIdentifier: ModernCall]>([:])

    var all: [ModernCall] { open.withLock { Array($0.values) } }

    func add(_ call: ModernCall) { open.withLock { $0[ObjectIdentifier(call)] = call } }

    /// Does nothing for one that was not added.
    func remove(_ call: ModernCall) { _ = open.withLock { $0.removeValue(forKey: ObjectIdentifier(call)) } }
}
