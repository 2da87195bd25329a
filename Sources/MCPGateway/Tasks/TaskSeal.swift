import Crypto
import MCPCore
import Synchronization

/// Binds the identifiers of tasks to whoever created them: a client gets `tag.identifier`, and the tag can be made only
/// with the secret of that caller.
///
/// The tag depends on nothing that is lost when the proxy is restarted, because a task may live for days and clients
/// keep its identifier.
package final class TaskSeal: Sendable {
    /// 128 bits in hexadecimal digits.
    private static let tagLength = 32

    private let keys: Mutex<[Principal: SymmetricKey]>
    /// For clients that the operator has named: theirs follow from it, whatever token they come with.
    private let ownKey: SymmetricKey
    private let sharedKey = TaskSeal.key(of: [0])
    /// For callers that are not known, such as those whose token was taken away a moment ago: opens nothing that was
    /// sealed for others, nor after this run.
    private let strangerKey = SymmetricKey(size: .bits256)
    /// Whose a task is where a server names it unasked.
    let book = TaskBook()

    /// - Parameters:
    ///   - secrets: What only a caller and the operator know; callers without one are all the same.
    ///   - ownSecret: What only this proxy knows; nil for something that ends with this run.
    package init(secrets: [Principal: [UInt8]], ownSecret: [UInt8]? = nil) {
        ownKey = ownSecret.map { SymmetricKey(data: $0) } ?? SymmetricKey(size: .bits256)
        keys = Mutex(secrets.mapValues(Self.key(of:)))
    }

    /// Adds what only one more caller and the operator know.
    package func add(_ secret: [UInt8], of principal: Principal) {
        let key = Self.key(of: secret)
        keys.withLock { $0[principal] = key }
    }

    /// Forgets a caller, and what was noted of it.
    package func remove(_ principal: Principal) {
        keys.withLock { $0[principal] = nil }
        book.forget(principal)
    }

    private static func key(of secret: [UInt8]) -> SymmetricKey { key(of: SymmetricKey(data: secret), "") }

    private static func key(of secret: SymmetricKey, _ name: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, info: Array("mcp-proxy task identifier\(name)".utf8), outputByteCount: 32)
    }

    /// Returns the identifier for a client.
    func seal(_ id: String, server: ServerConnections, for principal: Principal) -> String {
        "\(tag(id, server, principal)).\(id)"
    }

    /// Returns the server's identifier; nil when it was not this caller who created the task at this server.
    func open(_ sealed: String, server: ServerConnections, for principal: Principal) -> String? {
        guard sealed.utf8.count > Self.tagLength + 1 else { return nil }
        let split = sealed.utf8.index(sealed.startIndex, offsetBy: Self.tagLength)
        guard sealed.utf8[split] == UInt8(ascii: ".") else { return nil }
        let id = String(sealed[sealed.utf8.index(after: split)...])
        let expected = Array(tag(id, server, principal).utf8)
        let given = Array(sealed.utf8.prefix(Self.tagLength))
        // Takes the same time wherever they differ.
        let difference = zip(expected, given).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 && expected.count == given.count ? id : nil
    }

    private func key(of principal: Principal) -> SymmetricKey {
        if principal == .anonymous { return sharedKey }
        if principal.isNamed { return Self.key(of: ownKey, principal.name) }
        return keys.withLock { $0[principal] } ?? strangerKey
    }

    private func tag(_ id: String, _ server: ServerConnections, _ principal: Principal) -> String {
        var content = Array(server.name.utf8)
        content.append(0)
        content += id.utf8
        let code = HMAC<SHA256>.authenticationCode(for: content, using: key(of: principal))
        return Hexadecimal.text(of: code.prefix(Self.tagLength / 2))
    }
}
