import MCPCore
import NIOCore
import Synchronization

/// The catalog of one server, from when it was read first: while the server is away, what it had is what it has.
final class KeptCatalog: Sendable {
    private struct State {
        var catalog: ServerCatalog?
        var edition = 0
        /// When it was read; nil for one that comes from an earlier run, or was never read.
        var readAt: NIODeadline?
        /// Whether it was read from the server that is there now, and not from one before it.
        var isPresent = false
        /// Whether it is known, or was tried to be read and could not.
        var isSettled = false
        var waiting: [@Sendable () -> Void] = []
        /// Who waits until it is read the next time.
        var readers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    /// Goes up with each change, so that whoever has made something of the catalog learns that it is old.
    private let published = Atomic(0)

    /// nil before it was read.
    var current: ServerCatalog? { state.withLock { $0.catalog } }
    var edition: Int { published.load(ordering: .acquiring) }

    /// Whether it is known, or was tried to be read and could not.
    var isSettled: Bool { state.withLock { $0.isSettled } }

    /// Whether it was read from the server that is there now, and not from one before it, which may have been another
    /// version of the same.
    var isPresent: Bool { state.withLock { $0.isPresent } }

    /// The server has gone. What it had stays known.
    func serverWasLost() { state.withLock { $0.isPresent = false } }

    /// Calls back once it is settled; at once when it is.
    func whenSettled(_ body: @escaping @Sendable () -> Void) {
        let isSettled = state.withLock { state in
            if !state.isSettled { state.waiting.append(body) }
            return state.isSettled
        }
        if isSettled { body() }
    }

    /// Calls back once it was read the next time, or could not be.
    func whenRead(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.readers.append(body) } }

    /// Lets nobody wait any longer.
    func settle() {
        let waiting = state.withLock { state in
            state.isSettled = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for body in waiting { body() }
    }

    /// Tells whether it was read longer ago. What was not read in this run is being read, or will be.
    func isOlder(than age: TimeAmount, now: NIODeadline) -> Bool {
        state.withLock { $0.readAt.map { now - $0 > age } ?? false }
    }

    /// Keeps what was read now. What could not be read this time is what it was.
    ///
    /// - Returns: The notifications that tell clients what has changed.
    func take(_ catalog: ServerCatalog, failed: Set<CatalogKind>, now: NIODeadline) -> Set<Method> {
        defer { wasRead() }
        return state.withLock { state in
            var catalog = catalog
            for kind in failed { catalog[kind] = state.catalog?[kind] }
            let changes = catalog.changes(since: state.catalog)
            let isFirst = state.catalog == nil
            state.catalog = catalog
            state.readAt = now
            state.isPresent = failed.isEmpty || state.isPresent
            if isFirst || !changes.isEmpty {
                publish(&state)
            }
            return changes
        }
    }

    /// It was read, or could not be: lets nobody wait for that any longer. What is known stays what it is.
    func wasRead() {
        settle()
        let readers = state.withLock { state in
            defer { state.readers = [] }
            return state.readers
        }
        for body in readers { body() }
    }

    /// Something else of it is shown than before, although it is the same.
    func isShownOtherwise() {
        state.withLock { publish(&$0) }
    }

    /// Has whoever has made something of the catalog learn that it is old.
    private func publish(_ state: inout State) {
        state.edition += 1
        published.store(state.edition, ordering: .releasing)
    }

    /// Takes what was known in an earlier run, or of what the server was before, unless something newer is known.
    func remember(_ catalog: ServerCatalog) {
        defer { settle() }
        state.withLock { state in
            guard state.catalog == nil else { return }
            state.catalog = catalog
            publish(&state)
        }
    }
}
