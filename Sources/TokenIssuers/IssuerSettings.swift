package import AccessTokens
package import Addresses

/// An issuer of access tokens, as the operator has configured it.
package struct IssuerSettings: Sendable {
    /// Whom to ask for tokens that only their issuer can read
    /// ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)), and as whom.
    package struct Introspection: Sendable {
        package let url: HTTPURL
        package let clientID: String
        package let clientSecret: String

        package init(url: HTTPURL, clientID: String, clientSecret: String) {
            self.url = url
            self.clientID = clientID
            self.clientSecret = clientSecret
        }
    }

    package let rules: IssuerRules
    /// The issuer's name as an address, from which its metadata is found.
    package let address: HTTPURL
    /// Where its keys are; nil where its metadata says so.
    package let keysURL: HTTPURL?
    package let introspection: Introspection?

    package init(rules: IssuerRules, address: HTTPURL, keysURL: HTTPURL?, introspection: Introspection?) {
        self.rules = rules
        self.address = address
        self.keysURL = keysURL
        self.introspection = introspection
    }
}
