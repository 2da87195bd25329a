package import Logging
import MCPCore
import NIOCore

/// Keeps grants so that only this proxy can read them: sealed, each under its own name.
package struct GrantShelf: Sendable {
    private let storage: (any GrantStorage)?
    /// The names under which something stands that was to be removed and could not be: it counts for nothing.
    private let unremoved = UnremovedNames()
    package let seal: Seal
    let logger: Logger

    /// - Parameter storage: nil where nothing outlives the run.
    package init(_ storage: (any GrantStorage)?, key: @escaping Seal.Key, logger: Logger) {
        self.storage = storage
        seal = Seal(key: key)
        self.logger = logger
    }

    /// Whether what is kept is there at the next start.
    package var outlivesRun: Bool { storage != nil }

    /// What is kept under a name; nil for nothing, and, with a line in the log, for what cannot be read.
    func read(_ name: String) -> ByteBuffer? {
        guard !unremoved.has(name) else { return nil }
        do throws(GrantStorageFailure) {
            guard let kept = try storage?.read(name) else { return nil }
            return ByteBuffer(bytes: try seal.open(kept, as: name))
        } catch {
            logger.warning(
                "what was kept of a login cannot be read; somebody has to log in again",
                metadata: ["file": "\(name)", "error": "\(error.words)"])
            return nil
        }
    }

    /// The names that begin with this and under which something is kept; none, with a line in the log, where that cannot be
    /// found out.
    func names(startingWith beginning: String) -> [String] {
        do throws(GrantStorageFailure) {
            return try storage?.names(startingWith: beginning) ?? []
        } catch {
            logger.warning("which logins are kept cannot be read", metadata: ["error": "\(error.words)"])
            return []
        }
    }

    /// Keeps something.
    func write(_ content: ByteBuffer, as name: String) throws(GrantStorageFailure) {
        guard let storage else { return }
        try storage.write(try seal.close(Array(content.readableBytesView), as: name), as: name)
        unremoved.remove(name)
    }

    /// Forgets something: also where it cannot be removed, it is not read any more in this run.
    func remove(_ name: String) throws(GrantStorageFailure) {
        unremoved.add(name)
        try storage?.remove(name)
        unremoved.remove(name)
    }
}
