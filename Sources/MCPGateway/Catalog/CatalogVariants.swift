import MCPCore
import Synchronization

/// Holds what a server lists to the clients of some connections, where that is something else than its catalog.
final class CatalogVariants: Sendable {
    private struct State {
        var variants: [ConnectionKey: ServerCatalog] = [:]
        var edition = 0
    }

    private let state = Mutex(State())
    /// Nearly always there are none, which every call wants to know.
    private let count = Atomic(0)

    var isEmpty: Bool { count.load(ordering: .acquiring) == 0 }

    /// Returns a variant, and a number that tells it from others before and after it.
    func find(_ key: ConnectionKey) -> (catalog: ServerCatalog, edition: Int)? {
        state.withLock { state in state.variants[key].map { ($0, state.edition) } }
    }

    /// Keeps a variant; nil where there is nothing else than the catalog, or nothing any more.
    ///
    /// - Returns: What was kept before.
    func replace(_ key: ConnectionKey, with catalog: ServerCatalog?) -> ServerCatalog? {
        state.withLock { state in
            let former = state.variants[key]
            guard former != nil || catalog != nil else { return nil }
            state.variants[key] = catalog
            state.edition += 1
            count.store(state.variants.count, ordering: .releasing)
            return former
        }
    }
}
