import MCPCore
import MCPUpstream

/// What an authorization server sends a browser back with
/// ([RFC 6749, 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2)).
package struct LoginAnswer: Sendable, Equatable {
    let state: String
    let code: String?
    let issuer: String?
    let error: String?
    let errorDescription: String?

    /// - Parameter query: As it stands in the address, without the question mark.
    /// - Throws: What is wrong with it, for the person.
    package init(query: String) throws(GrantFailure) {
        guard let fields = FormText.read(query) else {
            throw GrantFailure(.unusable, "the answer of the authorization server cannot be read; begin again")
        }
        func value(_ name: String) throws(GrantFailure) -> String? {
            let values = fields.filter { $0.name.utf8.elementsEqual(name.utf8) }
            // Two readers could see two values.
            guard values.count < 2 else {
                throw GrantFailure(
                    .unusable, "the answer of the authorization server has \"\(name)\" twice; begin again")
            }
            return values.first?.value
        }
        guard let state = try value("state") else {
            throw GrantFailure(
                .unusable, "the answer has no \"state\", so that nobody knows what it answers; begin again")
        }
        self.state = state
        code = try value("code")
        issuer = try value("iss")
        error = try value("error")
        errorDescription = try value("error_description")
    }

    /// The code, if it is from the server that was asked.
    ///
    /// The issuer is looked at before anything else: what another one says is not even shown
    /// ([Authorization Response Validation, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/authorization#authorization-response-validation)).
    func code(from server: AuthorizationServer) throws(GrantFailure) -> String {
        if let issuer {
            guard issuer.utf8.elementsEqual(server.issuer.utf8) else {
                throw GrantFailure(
                    .unusable,
                    "the answer is from another authorization server than the one that was asked, \"\(PrintableText.make(server.issuer))\"; nothing of it is used"
                )
            }
        } else if server.namesIssuerInAnswers {
            throw GrantFailure(
                .unusable,
                "the answer does not say who gives it (\"iss\"), although \"\(PrintableText.make(server.issuer))\" says that its answers do; nothing of it is used"
            )
        }
        if let error {
            let error = OAuthError(code: error, description: errorDescription, otherwise: "")
            throw GrantFailure(
                .refused(error.code ?? ""),
                "the login was refused: \(error.words); begin again, or ask whoever runs the authorization server what is missing"
            )
        }
        guard let code, !code.isEmpty else {
            throw GrantFailure(.unusable, "the answer of the authorization server has no code; begin again")
        }
        return code
    }
}
