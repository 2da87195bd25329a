import MCPCore

/// An error as authorization servers say it ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
struct OAuthError: Sendable {
    /// nil where the answer has none.
    let code: String?
    /// For the operator; printable.
    let words: String

    /// - Parameter secrets: What the words do not say, whoever repeats it.
    init(code: String?, description: String?, otherwise: String, hiding secrets: [String] = []) {
        self.code = code
        let shown = [code, description].compactMap { $0 }.map { text in
            PrintableText.make(SecretMask.hiding(secrets, in: text), maximumBytes: 300)
        }
        words = shown.isEmpty ? otherwise : shown.joined(separator: ": ")
    }

    init(_ answer: GrantRequests.Answer) {
        let root = answer.body.root
        self.init(
            code: root["error"]?.string, description: root["error_description"]?.string,
            otherwise: "it answers with status \(answer.status)", hiding: answer.secrets)
    }
}
