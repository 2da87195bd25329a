/// Knows what requests to one server show of on whose behalf they are sent, and what to do when that is refused.
///
/// May be asked on any thread; each answer comes once, on any thread, and within a bounded time.
package protocol RequestAuthority: Sendable {
    /// Tells what a request that is about to be sent is to show.
    ///
    /// - Parameter later: Makes what is told where nil is returned: a credential has to be got first. Nearly every request
    ///   goes at once, and costs nothing for this.
    func credential(or later: () -> @Sendable (RequestPermit) -> Void) -> RequestPermit?

    /// What is shown by now; nil for nothing.
    var shown: RequestCredential? { get }

    /// Returns who knows it for the requests of one caller.
    func onBehalf(of caller: String) -> any RequestAuthority

    /// Decides what becomes of a request that the server has refused.
    func judge(_ refusal: RequestRefusal, _ then: @escaping @Sendable (RequestVerdict) -> Void)
}

extension RequestAuthority {
    /// Returns the same for all callers, where nothing else is said.
    package func onBehalf(of caller: String) -> any RequestAuthority { self }
}

/// Says what a request is sent with.
package enum RequestPermit: Sendable {
    /// nil where nothing is shown: the server may let everybody in, or say what it wants.
    case send(RequestCredential?)
    /// It is not sent.
    case fail(UpstreamFailure)
}

/// Says what becomes of a request that was refused.
package enum RequestVerdict: Sendable {
    /// It is sent once more, with what is shown by now.
    case again
    /// The refusal is the server's answer.
    case stands
    case fail(UpstreamFailure)
}

/// A refusal of a request for what it showed, or did not.
package struct RequestRefusal: Sendable {
    /// 401 or 403.
    package let status: Int
    /// What the server asks for; nil where it does not say.
    package let challenge: BearerChallenge?
    /// What the request had shown.
    package let credential: RequestCredential?
    /// How often the request was sent again before.
    package let repetitions: Int

    /// Once more than a request may be sent again.
    static let maximumRepetitions = 3

    package init(status: Int, challenge: BearerChallenge?, credential: RequestCredential?, repetitions: Int) {
        self.status = status
        self.challenge = challenge
        self.credential = credential
        self.repetitions = repetitions
    }
}

/// An access token as requests show it ([RFC 6750, 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
package struct RequestCredential: Sendable {
    let field: FieldValue
    /// Tells this token from those that the same grant had before and has later.
    package let edition: Int

    /// nil for what is no token: it has to consist of visible characters of ASCII.
    package init?(token: String, edition: Int) {
        guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let field = FieldValue("Bearer \(token)")
        else { return nil }
        self.field = field
        self.edition = edition
    }
}
