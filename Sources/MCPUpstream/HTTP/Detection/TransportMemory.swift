import Synchronization

/// Remembers which transport a server was found to speak, shared by all links to it on all event loops.
package final class TransportMemory: Sendable {
    /// Says what a server of which only the URL is known was found to speak.
    package enum Transport: Sendable {
        case streamableHTTP
        case sse
    }

    private let found = Mutex<Transport?>(nil)

    package init() {}

    /// What was found; nil when nothing was, or it has turned out to be wrong.
    package var transport: Transport? { found.withLock { $0 } }

    func remember(_ transport: Transport) {
        found.withLock { $0 = transport }
    }

    func forget() {
        found.withLock { $0 = nil }
    }
}
