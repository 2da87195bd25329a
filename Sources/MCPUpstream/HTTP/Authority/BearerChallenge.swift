import Addresses

/// Holds what a server asks for with the scheme `Bearer` in `WWW-Authenticate`
/// ([RFC 6750, 3](https://www.rfc-editor.org/rfc/rfc6750#section-3),
/// [RFC 9728, 5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1)).
package struct BearerChallenge: Sendable, Equatable {
    /// The most bytes that are read of one field.
    static let maximumBytes = 8_192

    /// Where the server says what protects it.
    package private(set) var resourceMetadata: String?
    /// The scopes that are wanted, each once; nil where the server does not say.
    package private(set) var scopes: [String]?
    package private(set) var error: String?

    /// The first challenge of the scheme among the values of the field, as they came; nil where there is none.
    ///
    /// A parameter that stands twice in it counts for nothing: two readers could see two values.
    package init?(_ fields: [String]) {
        for field in fields where field.utf8.count <= Self.maximumBytes {
            var reader = ChallengeReader(field)
            while let challenge = reader.next() {
                guard ASCII.equal(challenge.scheme, "Bearer") else { continue }
                resourceMetadata = challenge.value("resource_metadata")
                scopes = challenge.value("scope").map(Self.scopes)
                error = challenge.value("error")
                return
            }
        }
        return nil
    }

    /// Whether more scopes are wanted than the credential has.
    package var isForScopes: Bool { error == "insufficient_scope" }

    private static func scopes(_ text: String) -> [String] {
        var scopes: [String] = []
        for scope in text.split(separator: " ").map(String.init) where !scopes.contains(scope) {
            // Scopes are visible ASCII (RFC 6749, 3.3), so that equal ones have equal bytes.
            guard scope.utf8.allSatisfy({ ASCII.isVisible($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
            else { continue }
            scopes.append(scope)
        }
        return scopes
    }
}
