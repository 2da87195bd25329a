package import MCPCore
import Synchronization

/// Passes on that what servers list has changed, to whoever offers several of them.
package final class CatalogBoard: Sendable {
    private struct Listener: Sendable {
        let hear: @Sendable (ServerConnections, Set<Method>, ConnectionKey?) -> Void
    }

    private let listeners = Mutex<[Listener]>([])

    package init() {}

    /// Calls back at each change from now on, with the notifications that tell clients of it, and whose lists have changed
    /// where it is not those of all. On any event loop.
    package func listen(_ body: @escaping @Sendable (ServerConnections, Set<Method>, ConnectionKey?) -> Void) {
        listeners.withLock { $0.append(Listener(hear: body)) }
    }

    func changed(_ server: ServerConnections, _ changes: Set<Method>, for key: ConnectionKey?) {
        for listener in listeners.withLock({ $0 }) { listener.hear(server, changes, key) }
    }
}
