/// As whom the proxy is known to an authorization server, where the operator has registered it.
package struct GrantClient: Sendable, Equatable {
    /// How it proves that.
    package enum Proof: Sendable, Equatable {
        case none
        case secret(String)
        /// With a private key, in PEM, which is read when it is needed.
        case privateKeyFile(String)
    }

    let identifier: String
    let proof: Proof
    /// The authorization server that knows it; nil for the one that is found.
    let issuer: String?

    package init(identifier: String, proof: Proof, issuer: String?) {
        self.identifier = identifier
        self.proof = proof
        self.issuer = issuer
    }

    /// Refuses a private key, in PEM, that cannot sign.
    package static func check(key text: String) throws(GrantFailure) {
        _ = try ClientAssertion(text)
    }

    /// The same client as it proves itself by now; nil where it is another one.
    func proving(_ client: RegisteredClient) -> RegisteredClient? {
        guard identifier.utf8.elementsEqual(client.identifier.utf8),
            issuer.map({ $0.utf8.elementsEqual(client.issuer.utf8) }) ?? true
        else { return nil }
        let method: RegisteredClient.Method =
            switch (proof, client.method) {
            case (.none, _): .none
            case (.privateKeyFile, _): .privateKey
            case (.secret, .basic), (.secret, .post): client.method
            case (.secret, _): .basic
            }
        return RegisteredClient(
            issuer: client.issuer, identifier: identifier, secret: secret, method: method, redirect: client.redirect)
    }

    var secret: String? { if case .secret(let secret) = proof { secret } else { nil } }
    var privateKeyFile: String? { if case .privateKeyFile(let path) = proof { path } else { nil } }
}
