package import Crypto

/// Seals small texts with AES-256-GCM so that only who has the key can read them, each under a name, so that none can be put
/// in the place of another.
package struct Seal: Sendable {
    /// What every sealed text begins with.
    private static let mark = Array("mcp-proxy grant 1\n".utf8)

    /// What seals. Made when it is needed first.
    package typealias Key = @Sendable () throws(GrantStorageFailure) -> SymmetricKey

    private let key: Key

    /// - Parameter key: Is asked each time.
    package init(key: @escaping Key) {
        self.key = key
    }

    /// - Parameter name: Under which it is to be opened again.
    /// - Throws: when there is no key.
    package func close(_ content: [UInt8], as name: String) throws(GrantStorageFailure) -> [UInt8] {
        let key = try key()
        do {
            let box = try AES.GCM.seal(content, using: key, authenticating: Self.mark + Array(name.utf8))
            guard let sealed = box.combined else { throw GrantStorageFailure("it cannot be sealed") }
            return Self.mark + Array(sealed)
        } catch {
            throw GrantStorageFailure("it cannot be sealed")
        }
    }

    /// - Throws: when it was sealed with another key, under another name, or was changed.
    package func open(_ kept: [UInt8], as name: String) throws(GrantStorageFailure) -> [UInt8] {
        guard kept.starts(with: Self.mark) else { throw GrantStorageFailure("it is none of this proxy's") }
        let key = try key()
        do {
            let box = try AES.GCM.SealedBox(combined: kept.dropFirst(Self.mark.count))
            return Array(try AES.GCM.open(box, using: key, authenticating: Self.mark + Array(name.utf8)))
        } catch {
            throw GrantStorageFailure(
                "it was sealed with another key, or changed; set MCP_PROXY_STATE_KEY as it was")
        }
    }
}
