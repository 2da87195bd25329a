/// The checks of one bearer token.
enum AuthToken {
    /// Shorter tokens can be guessed.
    static let shortestSafe = 16
    /// The values in the examples of the documentation, which everybody knows.
    static let examples: Set<String> = [
        "DefaultTokens", "SpecificTokens", "DefaultToken", "SpecificToken", "<YOUR_TOKEN>",
    ]

    /// The token without the word `Bearer`, or nil if it cannot be one.
    static func check(
        _ text: String, at position: SourcePosition, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> String? {
        let trimmed = text.trimmingSpaces
        let token = trimmed.hasPrefix("Bearer ") ? trimmed.dropFirst(7).trimmingSpaces : trimmed
        guard !token.isEmpty, token != "Bearer" else {
            context.error("the token is empty", at: position, path, write: "Write a token, or remove the entry")
            return nil
        }
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            context.error(
                "the token has a character that cannot stand in a header", at: position, path,
                write: "Use letters, digits and punctuation, without spaces")
            return nil
        }
        if examples.contains(token) {
            context.warn(
                "this token is an example of the documentation, so everybody knows it", at: position, path,
                write: "Write your own, such as the output of \"openssl rand -hex 32\"")
        } else if token.utf8.count < shortestSafe {
            context.warn(
                "the token has fewer than \(shortestSafe) characters and can be guessed", at: position, path,
                write: "Write a longer one, such as the output of \"openssl rand -hex 32\"")
        }
        return token
    }
}
