package import Crypto
package import Logging
import MCPCore
import NIOCore

/// Keeps grants so that only this proxy can read them: sealed with AES-256-GCM, each under its own name, so that none can be
/// put in the place of another.
package struct GrantShelf: Sendable {
    /// What every file begins with.
    private static let mark = Array("mcp-proxy grant 1\n".utf8)

    /// What seals. Made when it is needed first.
    package typealias Key = @Sendable () throws(GrantStorageFailure) -> SymmetricKey

    private let storage: (any GrantStorage)?
    private let key: Key
    let logger: Logger

    /// - Parameter storage: nil where nothing outlives the run.
    package init(_ storage: (any GrantStorage)?, key: @escaping Key, logger: Logger) {
        self.storage = storage
        self.key = key
        self.logger = logger
    }

    /// Whether what is kept is there at the next start.
    package var outlivesRun: Bool { storage != nil }

    /// What is kept under a name; nil for nothing, and, with a line in the log, for what cannot be read.
    func read(_ name: String) -> ByteBuffer? {
        do throws(GrantStorageFailure) {
            guard let kept = try storage?.read(name) else { return nil }
            return ByteBuffer(bytes: try open(kept, name))
        } catch {
            logger.warning(
                "what was kept of a login cannot be read; somebody has to log in again",
                metadata: ["file": "\(name)", "error": "\(error.words)"])
            return nil
        }
    }

    /// Keeps something.
    func write(_ content: ByteBuffer, as name: String) throws(GrantStorageFailure) {
        guard let storage else { return }
        try storage.write(try seal(content, name), as: name)
    }

    /// Forgets something.
    func remove(_ name: String) throws(GrantStorageFailure) {
        try storage?.remove(name)
    }

    private func seal(_ content: ByteBuffer, _ name: String) throws(GrantStorageFailure) -> [UInt8] {
        let key = try key()
        do {
            let box = try AES.GCM.seal(
                Array(content.readableBytesView), using: key, authenticating: Self.mark + Array(name.utf8))
            guard let sealed = box.combined else { throw GrantStorageFailure("it cannot be sealed") }
            return Self.mark + Array(sealed)
        } catch {
            throw GrantStorageFailure("it cannot be sealed")
        }
    }

    private func open(_ kept: [UInt8], _ name: String) throws(GrantStorageFailure) -> [UInt8] {
        guard kept.starts(with: Self.mark) else { throw GrantStorageFailure("it is none of this proxy's") }
        let key = try key()
        do {
            let box = try AES.GCM.SealedBox(combined: kept.dropFirst(Self.mark.count))
            return Array(try AES.GCM.open(box, using: key, authenticating: Self.mark + Array(name.utf8)))
        } catch {
            throw GrantStorageFailure(
                "it was sealed with another key, or changed; set MCP_PROXY_STATE_KEY as it was, or log in again")
        }
    }
}
