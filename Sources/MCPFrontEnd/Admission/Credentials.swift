package import MCPGateway
import NIOCore
import Synchronization

/// Every token that the proxy accepts anywhere, and whom it stands for: what a request shows is looked up here once, and
/// everything else asks whether that caller may.
///
/// Tokens are found by a hash under a key that nobody knows (`Hasher`), and compared in a time that does not depend on
/// where they differ.
package final class Credentials: Sendable {
    /// How many tokens of others are remembered; each can be found out again.
    static let maximumFound = 10_000
    /// How long what was begun with a token may go on when that has ended.
    static let grace = TimeAmount.minutes(10)

    /// One that is not looked up any more, as long as something that was begun with it is under way.
    private struct Forgotten {
        weak var credential: Credential?
    }

    private struct State {
        var known: [TokenText: Credential] = [:]
        var foundCount = 0
        var forgotten: [Forgotten] = []
        /// How often what was found out was forgotten.
        var epoch = 0

        mutating func take(_ key: TokenText) -> Credential? {
            let credential = known.removeValue(forKey: key)
            if credential?.end != nil { foundCount -= 1 }
            return credential
        }
    }

    private let state = Mutex(State())

    private let certified: CertifiedCallers?

    /// - Parameter certificates: Says who has a certificate; nil where nobody is known by one.
    package init(certificates: (any CertificateJudge)? = nil) {
        certified = certificates.map(CertifiedCallers.init)
    }

    /// Accepts a token from now on, in place of what it stood for before. One that stands for this caller already goes on.
    package func add(_ token: String, for principal: Principal) {
        guard !token.isEmpty else { return }
        let key = TokenText(text: token)
        let former = state.withLock { state -> Credential? in
            if let known = state.known[key], known.end == nil, known.principal == principal { return nil }
            let former = state.take(key)
            state.known[key] = Credential(principal)
            return former
        }
        former?.revoke()
    }

    /// Accepts a token no more, if it stands for this caller.
    package func remove(_ token: String, of principal: Principal) {
        let removed = state.withLock { state in
            let key = TokenText(text: token)
            return state.known[key]?.principal == principal ? state.take(key) : nil
        }
        removed?.revoke()
    }

    package var count: Int { state.withLock { $0.known.count } }

    // MARK: What was found out

    /// By which rules tokens are judged now: another one, once what was found out has been forgotten.
    var epoch: Int { state.withLock { $0.epoch } }

    /// Remembers whom a token stands for that its issuer has made, until it ends. A token that is accepted by itself stays
    /// what it is.
    ///
    /// - Parameter epoch: What it was before the token was judged: what came out by other rules than those of now counts for
    ///   this request only.
    func remember(
        _ token: String, of caller: ProvenCaller, until end: NIODeadline, judgedIn epoch: Int
    ) -> ShownCredential {
        let key = TokenText(text: token)
        let credential = Credential(caller.principal, end: end, evidence: caller.evidence)
        return state.withLock { state in
            let former = state.known[key]
            if let former, former.end == nil { return .known(former) }
            guard epoch == state.epoch else {
                state.forgotten.append(Forgotten(credential: credential))
                return .known(credential)
            }
            // Its issuer says of an opaque one again that it counts, or two requests have had one judged at the same time: what
            // was begun with it goes on.
            if let former, former.principal == caller.principal, !former.isRevoked {
                former.renew(until: end, by: caller.evidence)
                return .known(former)
            }
            if state.foundCount >= Self.maximumFound { Self.makeRoom(in: &state) }
            if let former = state.take(key) { state.forgotten.append(Forgotten(credential: former)) }
            state.known[key] = credential
            state.foundCount += 1
            return .known(credential)
        }
    }

    /// Forgets those that end first, many at once, since all have to be looked at for it. What was begun with them goes on,
    /// and they can be found out again.
    private static func makeRoom(in state: inout State) {
        let all = state.known.compactMap { key, credential in credential.end.map { (key, $0) } }.sorted { $0.1 < $1.1 }
        for (key, _) in all.prefix(max(1, maximumFound / 10)) {
            if let credential = state.take(key) { state.forgotten.append(Forgotten(credential: credential)) }
        }
    }

    /// Forgets what was found out and does not hold by the rules that are in force now, so that it is found out again by
    /// these.
    func forgetFound() {
        state.withLock { state in
            state.epoch += 1
            let found = state.known.filter { $0.value.end != nil && !$0.value.isConfirmed }
            state.forgotten += found.values.map(Forgotten.init)
            for key in found.keys { _ = state.take(key) }
        }
    }

    /// Takes away what ended a while ago, so that what was begun with it ends as well.
    ///
    /// - Returns: Whether there was any.
    func revokeEnded(at now: NIODeadline) -> Bool {
        let ended = state.withLock { state -> [Credential] in
            let overdue = state.foundCount == 0 ? [:] : state.known.filter { $0.value.isOverdue(at: now) }
            for key in overdue.keys { _ = state.take(key) }
            let forgotten = state.forgotten.compactMap(\.credential)
            state.forgotten = forgotten.filter { !$0.isOverdue(at: now) }.map(Forgotten.init)
            return overdue.values + forgotten.filter { $0.isOverdue(at: now) }
        }
        for credential in ended { credential.revoke() }
        return !ended.isEmpty
    }

    // MARK: What requests show

    /// Has every certificate judged anew when it comes next.
    package func forgetCertificates() {
        certified?.forget()
    }

    /// Returns what a request shows of who sends it: a token, and without one the certificate of its connection.
    func shown(by request: HTTPRequestFields) -> ShownCredential {
        guard let field = request[.authorization] else {
            guard let certificate = request.certificate, let certified else { return .none }
            return certified.shown(certificate)
        }
        guard !request.isRepeated(.authorization) else { return .unknown }
        return shown(authorization: field)
    }

    /// - Parameter authorization: The header field, in which the token stands with or without `Bearer `.
    func shown(authorization: String) -> ShownCredential {
        let token = Self.token(in: authorization)
        guard !token.isEmpty, let credential = state.withLock({ $0.known[TokenText(text: token)] }) else {
            return .unknown
        }
        if let end = credential.end, end <= .now() { return .unknown }
        return .known(credential)
    }

    /// Returns the token of a header field.
    static func token(in authorization: String) -> String {
        // By bytes: every request comes by here.
        var token = authorization.utf8[...]
        if token.count >= scheme.count, zip(token, scheme).allSatisfy({ $0 == $1 || isLetter($0) && $0 | 0x20 == $1 }) {
            token = token.dropFirst(scheme.count)
        }
        while token.first == UInt8(ascii: " ") { token = token.dropFirst() }
        while token.last == UInt8(ascii: " ") { token = token.dropLast() }
        return String(Substring(token))
    }

    private static let scheme = Array("bearer ".utf8)

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
}

/// A token that is accepted, without the token.
final class Credential: Sendable {
    let principal: Principal
    /// When it ends, in nanoseconds of uptime; the greatest number for one that does not.
    private let ending: Atomic<UInt64>
    private let evidence: Mutex<(any Evidence)?>
    private let revoked = Atomic(false)

    init(_ principal: Principal, end: NIODeadline? = nil, evidence: (any Evidence)? = nil) {
        self.principal = principal
        ending = Atomic(end?.uptimeNanoseconds ?? .max)
        self.evidence = Mutex(evidence)
    }

    /// When it ends; nil for one that is configured, which does not.
    var end: NIODeadline? {
        let end = ending.load(ordering: .relaxed)
        return end == .max ? nil : .uptimeNanoseconds(end)
    }

    /// Goes on until another time, and by what was shown last.
    fileprivate func renew(until end: NIODeadline, by newer: (any Evidence)?) {
        ending.store(end.uptimeNanoseconds, ordering: .relaxed)
        evidence.withLock { $0 = newer }
    }

    /// Tells whether it has ended so long ago that nothing may be under way with it.
    fileprivate func isOverdue(at now: NIODeadline) -> Bool { end.map { $0 + Credentials.grace <= now } ?? false }

    /// Whether it is accepted no more.
    var isRevoked: Bool { revoked.load(ordering: .acquiring) || isInForce == false }

    /// Whether it is known to stand for the same caller by the rules that are in force now.
    var isConfirmed: Bool { !revoked.load(ordering: .acquiring) && isInForce == true }

    private var isInForce: Bool? { evidence.withLock { $0?.isInForce } }

    fileprivate func revoke() { revoked.store(true, ordering: .releasing) }
}

/// Says what somebody has shown of who they are.
enum ShownCredential: Sendable {
    case none
    /// Something that stands for nobody.
    case unknown
    /// Something that its issuer was to tell of, and why it does not count.
    case refused(TokenRefusal)
    case known(Credential)

    /// nil for somebody who is nobody that is known.
    var principal: Principal? {
        switch self {
        case .none, .unknown, .refused: nil
        case .known(let credential): credential.principal
        }
    }

    /// Whether it was taken away since.
    var isRevoked: Bool {
        switch self {
        case .none, .unknown, .refused: false
        case .known(let credential): credential.isRevoked
        }
    }
}

/// A token as a key.
private struct TokenText: Hashable {
    let text: String

    static func == (left: TokenText, right: TokenText) -> Bool {
        guard left.text.utf8.count == right.text.utf8.count else { return false }
        var (left, right) = (left.text, right.text)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                unsafe areEqual(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
            }
        }
    }

    /// Looks at every byte, eight at a time: access tokens are long, and each request has one.
    private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        var (place, difference) = (0, UInt64(0))
        while place + 8 <= left.count {
            difference |=
                unsafe left.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                ^ right.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            place += 8
        }
        while place < left.count {
            difference |= UInt64(unsafe left[place] ^ right[place])
            place += 1
        }
        return difference == 0
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
