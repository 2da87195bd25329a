import Synchronization

@testable import Grants

/// Keeps grants in memory, as long as a test does not say that it cannot.
final class MemoryStorage: GrantStorage {
    private struct State {
        var files: [String: [UInt8]] = [:]
        var failure: String?
        var observer: (@Sendable (String) -> Void)?
    }

    private let state = Mutex(State())

    var files: [String: [UInt8]] {
        get { state.withLock { $0.files } }
        set { state.withLock { $0.files = newValue } }
    }

    /// Everything fails with these words from now on; nil for nothing.
    func fail(_ words: String?) { state.withLock { $0.failure = words } }

    /// Calls somebody before something is kept, with its name.
    func observe(_ body: @escaping @Sendable (String) -> Void) { state.withLock { $0.observer = body } }

    private func check() throws(GrantStorageFailure) {
        if let words = state.withLock({ $0.failure }) { throw GrantStorageFailure(words) }
    }

    func read(_ name: String) throws(GrantStorageFailure) -> [UInt8]? {
        try check()
        return files[name]
    }

    func write(_ bytes: [UInt8], as name: String) throws(GrantStorageFailure) {
        state.withLock { $0.observer }?(name)
        try check()
        state.withLock { $0.files[name] = bytes }
    }

    func names(startingWith beginning: String) throws(GrantStorageFailure) -> [String] {
        try check()
        return files.keys.filter { $0.hasPrefix(beginning) }
    }

    func remove(_ name: String) throws(GrantStorageFailure) {
        try check()
        state.withLock { $0.files[name] = nil }
    }
}
