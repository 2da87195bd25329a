import MCPUpstream
import Synchronization

/// The header fields of a client that go to a server with what has none of its own on one connection, and may change.
final class PassingFields: Sendable {
    private let current: Mutex<BroughtFields?>

    init(_ brought: BroughtFields?) { current = Mutex(brought) }

    /// nil where the server gets none.
    var brought: BroughtFields? {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }
}
