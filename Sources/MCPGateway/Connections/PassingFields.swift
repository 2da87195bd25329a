import Synchronization

/// The header fields of a client that go to a server with every request of one connection, and may change.
final class PassingFields: Sendable {
    private let current: Mutex<[(name: String, value: String)]>

    init(_ fields: [(name: String, value: String)]) { current = Mutex(fields) }

    var fields: [(name: String, value: String)] {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
