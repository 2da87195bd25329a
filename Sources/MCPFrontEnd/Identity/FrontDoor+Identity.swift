import MCPGateway
import NIOCore
import NIOHTTP1

// MARK: - Callers with access tokens

extension FrontDoor {
    /// Tells where a request goes with which a client asks how to come by a token; nil for every other request.
    func metadata(_ request: AdmittedRequest, of resource: ProtectedResource) -> Destination? {
        guard let subject = ProtectedResource.subject(ofMetadataAt: request.target.path) else { return nil }
        guard isResource(subject) else { return .refused(admission.nothingHere) }
        if request.http.method == .OPTIONS { return .preflight(request) }
        guard request.http.method == .GET || request.http.method == .HEAD else {
            return .refused(Refusal(.methodNotAllowed("GET, HEAD"), "use GET"))
        }
        return .document(resource.metadata(of: subject, request))
    }

    /// Tells whether there is something for clients at a path.
    func isResource(_ path: String) -> Bool {
        path == "/" || path == settings.prefix || table.endpoint(at: path) != nil
    }

    /// Tells whether a name is the address of something that clients find here.
    package func isOwnAddress(_ name: String) -> Bool {
        guard let origin = settings.identity?.origin.configured, name.utf8.starts(with: origin.utf8) else {
            return false
        }
        let path = String(name.utf8.dropFirst(origin.utf8.count)) ?? ""
        return path.isEmpty || path.utf8.first == UInt8(ascii: "/") && isResource(path)
    }

    /// A token belongs into a header: what stands in the address is written into logs on the way.
    func refuseTokenInQuery(_ request: AdmittedRequest) throws(Refusal) {
        guard let query = request.target.query, query.utf8.contains(UInt8(ascii: "=")) else { return }
        for pair in query.split(separator: "&") where pair.utf8.starts(with: "access_token=".utf8) {
            throw Refusal(
                .malformed,
                "a token in the address is not accepted; send the header \"Authorization: Bearer <token>\"")
        }
    }

    /// Tells whether what a request shows may be a token of an issuer, and somebody asks who sends it. Anything else is
    /// nobody's, and shown to nobody: a password, several fields of which others may read another one, what was sent to
    /// the wrong path.
    func isToBeJudged(_ request: AdmittedRequest) -> Bool {
        guard let field = request.http[.authorization], !request.http.isRepeated(.authorization) else { return false }
        let token = Credentials.token(in: field)
        // The word alone is no token.
        guard !token.isEmpty, token.lowercased() != "bearer", token.utf8.allSatisfy(Self.isTokenByte) else {
            return false
        }
        return asksWhoComes(to: request.target.path)
    }

    /// Tells whether a byte is one of a token in a header
    /// ([RFC 6750, 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }

    /// Tells with which token of an issuer somebody comes who is known.
    func noteToken(of request: AdmittedRequest, _ judge: any AccessTokenJudge) {
        guard judge.wantsTokens, case .known(let credential) = request.shown, let end = credential.end,
            let field = request.http[.authorization]
        else { return }
        judge.note(Credentials.token(in: field), of: credential.principal, until: end)
    }

    func decide(
        _ request: AdmittedRequest, on eventLoop: any EventLoop, _ then: @escaping @Sendable (Destination) -> Void
    ) {
        guard let resource = settings.identity, let field = request.http[.authorization] else {
            return then(destination(of: request))
        }
        let token = Credentials.token(in: field)
        let epoch = admission.credentials.epoch
        let verdict = resource.judge.judge(token) { [self] verdict in
            eventLoop.execute { [self] in then(destination(of: request, token, verdict, judgedIn: epoch)) }
        }
        if let verdict { then(destination(of: request, token, verdict, judgedIn: epoch)) }
    }

    private func destination(
        of request: AdmittedRequest, _ token: String, _ verdict: TokenVerdict, judgedIn epoch: Int
    ) -> Destination {
        var request = request
        switch verdict {
        case .accepted(let caller, let end):
            request.shown = admission.credentials.remember(token, of: caller, until: end, judgedIn: epoch)
        case .refused(.undecided): return .refused(TokenRefusal.undecided.refusal)
        case .refused(let refusal): request.shown = .refused(refusal)
        }
        return destination(of: request)
    }

    /// Ends what was begun with tokens that have ended a while ago.
    package func endOldTokens() {
        if admission.credentials.revokeEnded(at: .now()) { showOut() }
    }

    /// Has every access token judged anew when it comes next that does not stand for the same caller any more.
    package func forgetAccessTokens() {
        admission.credentials.forgetFound()
    }
}
