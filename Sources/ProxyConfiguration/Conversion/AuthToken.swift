/// The checks of one bearer token.
enum AuthToken {
    /// Shorter tokens can be guessed.
    static let shortestSafe = 16
    /// The values in the examples of the documentation, which everybody knows.
    static let examples: Set<String> = [
        "DefaultTokens", "SpecificTokens", "DefaultToken", "SpecificToken", "<YOUR_TOKEN>",
    ]

    /// The token without the word `Bearer`, or nil if it cannot be one.
    ///
    /// - Parameter holdsFile: Whether it is what a file says (`${file:…}`).
    static func check(
        _ text: String, holdsFile: Bool = false, at position: SourcePosition, _ path: ConfigurationPath,
        _ context: inout ConversionContext
    ) -> String? {
        let trimmed = text.trimmingSpaces
        let token = trimmed.hasPrefix("Bearer ") ? trimmed.dropFirst(7).trimmingSpaces : trimmed
        guard !token.isEmpty, token != "Bearer" else {
            context.error("the token is empty", at: position, path, write: "Write a token, or remove the entry")
            return nil
        }
        guard !holdsFile || !token.contains(where: \.isNewline) else {
            context.error(
                "the file has several lines, and what it says is one token here", at: position, path,
                write: "Leave one token in it, or name it in tokensFile of a client, which holds one token a line")
            return nil
        }
        if let fault = fault(of: token) {
            context.error(fault, at: position, path, write: "Use letters, digits and punctuation, without spaces")
            return nil
        }
        if isPath(token) {
            context.warn(
                "the token looks like the path of a file, and this path itself is the token", at: position, path,
                write:
                    "Write \"${file:/path}\" for what the file says, or name it in tokensFile of a client, if it holds one token a line"
            )
        } else if let doubt = doubt(of: token) {
            context.warn(
                doubt, at: position, path, write: "Write your own, such as the output of \"openssl rand -hex 32\"")
        }
        return token
    }

    /// Why a text cannot be a token, in words that do not hold it.
    static func fault(of token: String) -> String? {
        token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            ? nil : "the token has a character that cannot stand in a header"
    }

    /// Why a token should be another one, in words that do not hold it.
    static func doubt(of token: String) -> String? {
        if examples.contains(token) { return "this token is an example of the documentation, so everybody knows it" }
        return token.utf8.count < shortestSafe
            ? "the token has fewer than \(shortestSafe) characters and can be guessed" : nil
    }

    /// Where the files of secrets lie.
    private static let folders: Set<String> = [
        "app", "config", "data", "etc", "home", "mnt", "opt", "private", "root", "run", "secrets", "srv", "tmp", "usr",
        "var", "Users", "Volumes",
    ]

    /// Whether somebody has forgotten to say that it is a file. A random token in Base64 may begin with a slash, too, but has
    /// capitals.
    private static func isPath(_ token: String) -> Bool {
        if token.lowercased().hasPrefix("file:") { return true }
        guard ["/", "./", "../", "~/"].contains(where: token.hasPrefix) else { return false }
        let parts = token.split(separator: "/")
        guard !parts.isEmpty, token.utf8.allSatisfy(isPathByte) else { return false }
        let isLower = !token.utf8.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        return isLower || parts.count > 1 && folders.contains(String(parts[0]))
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        HTTPText.isHostByte(byte) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "~")
    }
}
