package import MCPGateway
import Synchronization

/// Every token that the proxy accepts anywhere, and whom it stands for: what a request shows is looked up here once, and
/// everything else asks whether that caller may.
///
/// Tokens are found by a hash under a key that nobody knows (`Hasher`), and compared in a time that does not depend on
/// where they differ.
package final class Credentials: Sendable {
    private let known = Mutex<[TokenText: Credential]>([:])

    package init() {}

    /// Accepts a token from now on, in place of what it stood for before.
    package func add(_ token: String, for principal: Principal) {
        guard !token.isEmpty else { return }
        let credential = Credential(principal)
        let former = known.withLock { $0.updateValue(credential, forKey: TokenText(text: token)) }
        former?.revoke()
    }

    /// Accepts a token no more, if it stands for this caller.
    package func remove(_ token: String, of principal: Principal) {
        let removed = known.withLock { known in
            let key = TokenText(text: token)
            return known[key]?.principal == principal ? known.removeValue(forKey: key) : nil
        }
        removed?.revoke()
    }

    package var count: Int { known.withLock { $0.count } }

    /// What a request shows of who sends it.
    func shown(by request: HTTPRequestFields) -> ShownCredential {
        guard let field = request[.authorization] else { return .none }
        guard !request.isRepeated(.authorization) else { return .unknown }
        return shown(authorization: field)
    }

    /// - Parameter authorization: The header field, in which the token stands with or without `Bearer `.
    func shown(authorization: String) -> ShownCredential {
        var token = Substring(authorization)
        if token.utf8.count >= 7, token.prefix(7).lowercased() == "bearer " { token = token.dropFirst(7) }
        while token.utf8.first == UInt8(ascii: " ") { token = token.dropFirst() }
        while token.utf8.last == UInt8(ascii: " ") { token = token.dropLast() }
        guard !token.isEmpty, let credential = known.withLock({ $0[TokenText(text: String(token))] }) else {
            return .unknown
        }
        return .known(credential)
    }
}

/// A token that is accepted, without the token.
final class Credential: Sendable {
    let principal: Principal
    private let revoked = Atomic(false)

    fileprivate init(_ principal: Principal) {
        self.principal = principal
    }

    /// Whether it is accepted no more.
    var isRevoked: Bool { revoked.load(ordering: .acquiring) }

    fileprivate func revoke() { revoked.store(true, ordering: .releasing) }
}

/// What somebody has shown of who they are.
enum ShownCredential: Sendable {
    case none
    /// Something that stands for nobody.
    case unknown
    case known(Credential)

    /// nil for somebody who is nobody that is known.
    var principal: Principal? {
        switch self {
        case .none, .unknown: nil
        case .known(let credential): credential.principal
        }
    }

    /// Whether it was taken away since.
    var isRevoked: Bool {
        switch self {
        case .none, .unknown: false
        case .known(let credential): credential.isRevoked
        }
    }
}

/// A token as a key.
private struct TokenText: Hashable {
    let text: String

    static func == (left: TokenText, right: TokenText) -> Bool {
        let (left, right) = (left.text.utf8, right.text.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
