import Synchronization

/// The names under which something is kept that counts for nothing.
final class UnremovedNames: Sendable {
    private let names = Mutex<[String]>([])

    /// Tells whether it is one of them.
    func has(_ name: String) -> Bool { names.withLock { $0.contains { $0.utf8.elementsEqual(name.utf8) } } }

    func add(_ name: String) { names.withLock { $0.append(name) } }

    func remove(_ name: String) { names.withLock { $0.removeAll { $0.utf8.elementsEqual(name.utf8) } } }
}
