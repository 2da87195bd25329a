package import MCPCore

/// Says why an upstream cannot be used, or why one exchange with it failed.
package struct UpstreamFailure: Error, Sendable, Equatable {
    /// The kinds of failure, each of which clients are told of in its own words.
    package enum Code: String, Sendable, CaseIterable {
        /// The command does not exist or may not be run.
        case commandNotRunnable
        /// The process ended.
        case processEnded
        /// No connection to the remote server: refused, unresolvable, no route, TLS.
        case notReachable
        /// The remote server answered with an HTTP status or content type that is not the protocol's.
        case unexpectedHTTPAnswer
        /// The remote server refused a stateless request in a way that no stateless server does.
        case notStateless
        /// The remote server refused a request of a session in a way that only stateless servers do.
        case onlyStateless
        /// The remote server wants credentials (401, 403).
        case unauthorized
        /// The remote server is to be asked on somebody's behalf, who has yet to log in there.
        case loginNeeded
        /// The remote server is to be asked with a token that is got for the caller's, who has come with none.
        case tokenNeeded
        /// The remote server has refused what its caller brings as credentials, or wants some of him (401, 403).
        case callerRefused
        /// The connection broke before the answer was complete.
        case connectionLost
        /// The server did not answer in time.
        case timedOut
        /// The server refused the handshake or answered it wrongly.
        case handshakeRefused
        /// A message is longer than allowed, or the stream cannot be read as messages.
        case unreadable
        /// The server was replaced by one that speaks another era than the one that was asked for.
        case eraChanged
        /// More calls are waiting for the server than allowed.
        case overloaded
        /// The proxy has closed the connection on purpose.
        case closed
    }

    /// How much of a server's words is repeated.
    private static let maximumDetailBytes = 2_048

    package let code: Code
    /// What happened, for the operator and for who added the server: may name commands, the addresses of URLs and the
    /// server's own words. Printable, wherever it is shown.
    package private(set) var detail: String
    /// The same for the log alone: may name addresses of the operator's network that nobody else is to know.
    package private(set) var logDetail: String
    /// What clients may hear as well, because nothing of the operator or of other clients can be in it.
    package private(set) var publicDetail: String?
    /// Why somebody has to log in once more, for whoever is led to the login.
    package private(set) var loginReason: String?
    /// What clients hear instead of words of ours.
    package private(set) var forwarded: ForwardedError?
    /// Whether it is certain that no byte of the request reached the server, so that it may be sent again.
    package private(set) var nothingSent: Bool
    /// The HTTP status with which a remote server refused the request, where that is what happened.
    package let status: Int?
    /// What it says about the server.
    private(set) var evidence: FailureEvidence
    /// Whether only another configuration, or other credentials, can change it, so that nothing is tried again by itself.
    private(set) var isLasting = false
    /// Set when the server is not called for now, because this has happened to it again and again.
    package private(set) var pause: Pause?

    /// Whether it is for TLS that nobody is spoken to: somebody is there who speaks none that is believed, as with another
    /// certificate, or what was to be believed cannot be read.
    package var isNotBelieved = false

    /// Says how often something has happened, and when it is tried again.
    package struct Pause: Sendable, Equatable {
        package let failures: Int
        /// Rounded up; 0 when a new attempt is under way.
        package let seconds: Int

        package init(failures: Int, seconds: Int) {
            self.failures = failures
            self.seconds = seconds
        }
    }

    /// - Parameter logDetail: What only the log may say; nil for the same words.
    package init(
        _ code: Code, _ detail: String, forTheLog logDetail: String? = nil, nothingSent: Bool = false,
        status: Int? = nil
    ) {
        self.code = code
        self.detail = PrintableText.make(detail, maximumBytes: Self.maximumDetailBytes)
        self.logDetail = logDetail.map { PrintableText.make($0, maximumBytes: Self.maximumDetailBytes) } ?? self.detail
        self.nothingSent = nothingSent
        self.status = status
        self.evidence = FailureEvidence(of: code, status: status)
    }
}

extension UpstreamFailure: CustomStringConvertible {
    package var description: String { detail }
}

extension UpstreamFailure {
    /// The answer to a request came, among others that can be read, and is none: of the server it says only that it has
    /// answered this call, however badly.
    ///
    /// - Parameter reason: In our words.
    static func brokenAnswer(_ reason: String) -> UpstreamFailure {
        var failure = UpstreamFailure(.unreadable, "its answer is not a message: \(reason)")
        failure.publicDetail = failure.detail
        failure.evidence = .alive
        return failure
    }

    /// A time of the configuration is over.
    ///
    /// - Parameters:
    ///   - key: Where it stands.
    static func late(
        _ what: String, _ time: Duration, _ key: String, nothingSent: Bool = false
    ) -> UpstreamFailure {
        let milliseconds = time.milliseconds
        let words = milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
        var failure = UpstreamFailure(.timedOut, "\(what) within \(words) (\(key))", nothingSent: nothingSent)
        failure.publicDetail = "\(words) (\(key))"
        return failure
    }

    /// The server cannot be started as it is configured.
    ///
    /// - Parameter reason: In our words.
    package static func notStartable(_ reason: String) -> UpstreamFailure {
        var failure = UpstreamFailure(.commandNotRunnable, reason, nothingSent: true)
        failure.isLasting = true
        return failure
    }

    /// The server wants somebody to log in.
    ///
    /// - Parameters:
    ///   - how: What is to be done, for the operator and for clients.
    ///   - reason: Why the login that there is does not do, as in "once more, …"; nil where there is none.
    ///   - isLasting: Whether nothing but a login helps; else it is tried again meanwhile.
    package static func loginNeeded(_ how: String, _ reason: String? = nil, isLasting: Bool = true) -> UpstreamFailure {
        var failure = UpstreamFailure(.loginNeeded, reason.map { "\($0): \(how)" } ?? how)
        failure.publicDetail = failure.detail
        failure.loginReason = reason
        failure.isLasting = isLasting
        return failure
    }

    /// The server wants rights that logging in does not bring.
    ///
    /// - Parameter logOut: The command that ends the login that there is.
    package static func rightsMissing(_ scopes: [String], logOut: String) -> UpstreamFailure {
        let advice = "log out (\(logOut)), and log in as somebody who has them"
        var failure = UpstreamFailure(
            .unauthorized,
            "it wants more rights (\(scopes.joined(separator: " "))) than logging in has brought: \(advice)",
            status: 403)
        failure.publicDetail = "wants more rights than logging in has brought: \(advice)"
        return failure
    }

    /// There is nothing to show the server for now, because somebody else gives none. It is tried again, and says nothing of
    /// the server.
    package static func noToken(_ words: String) -> UpstreamFailure {
        var failure = UpstreamFailure(.notReachable, words, nothingSent: true)
        failure.evidence = .nothing
        failure.publicDetail =
            "has an authorization server that gives no token for it now; it is tried again, try later"
        return failure
    }

    /// The server takes only callers who come with an access token.
    package static func tokenNeeded() -> UpstreamFailure {
        var failure = UpstreamFailure(.tokenNeeded, "it takes only callers with an access token")
        failure.publicDetail = "come with one of an issuer of mcpProxy.identity"
        failure.isLasting = true
        return failure
    }

    /// The server wants other credentials, and its callers bring them.
    ///
    /// - Parameters:
    ///   - brought: What the caller has sent.
    ///   - refusal: What the server has answered.
    static func callerRefused(_ brought: BroughtFields, _ refusal: UpstreamFailure) -> UpstreamFailure {
        let sent = brought.sent.joined(separator: " and ")
        let missing = brought.missing.joined(separator: " and ")
        let more = missing.isEmpty ? "" : ", and nothing came as \(missing)"
        var failure = UpstreamFailure(
            .callerRefused,
            (sent.isEmpty
                ? "it lets in callers who send \(missing) only" : "it refused what a caller sent as \(sent)\(more)")
                + "; \(refusal.detail)",
            status: refusal.status)
        failure.publicDetail =
            sent.isEmpty ? "wants to know who you are: send it \(missing)" : "refused what you sent as \(sent)\(more)"
        failure.isLasting = true
        return failure
    }

    /// Whether it ends with other credentials: with a login, or with what a caller brings, be it a token.
    package var endsWithCredentials: Bool { code == .loginNeeded || code == .tokenNeeded || code == .callerRefused }

    /// The server answered the handshake with an error.
    package static func handshakeRefused(_ answer: Message) -> UpstreamFailure {
        guard let forwarded = ForwardedError(in: answer) else {
            let words = answer.view(answer.envelope.error)?["message"]?.string ?? "no reason given"
            return UpstreamFailure(.handshakeRefused, "it refused the handshake: \(words)")
        }
        var failure = UpstreamFailure(.handshakeRefused, forwarded.message)
        failure.forwarded = forwarded
        return failure
    }

    /// The bytes that came instead of an answer are no message from beginning to end: something else stands there.
    ///
    /// - Parameter reason: In our words.
    static func noMessage(_ reason: String) -> UpstreamFailure {
        UpstreamFailure(.unreadable, "its answer is not a message: \(reason)")
    }

    /// Returns the same failure with what may be done about it.
    func advising(_ words: String) -> UpstreamFailure {
        var failure = self
        failure.detail += "; \(words)"
        failure.logDetail += "; \(words)"
        return failure
    }

    /// Returns the same failure with other words.
    func reworded(_ change: (String) -> String) -> UpstreamFailure {
        var failure = self
        failure.detail = change(detail)
        failure.logDetail = change(logDetail)
        return failure
    }

    /// The same failure for a request that was not sent at all.
    var beforeSending: UpstreamFailure {
        var failure = self
        failure.nothingSent = true
        return failure
    }

    /// Returns the same failure as the reason why a request is not sent.
    package func refusing(_ pause: Pause) -> UpstreamFailure {
        var failure = beforeSending
        failure.pause = pause
        return failure
    }
}
