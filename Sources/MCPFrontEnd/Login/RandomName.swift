import MCPCore

/// Names that nobody can guess.
enum RandomName {
    /// How long one is, in characters.
    static let length = 43

    /// 256 random bits in the alphabet for URLs.
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        return Base64.encodeURL((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }
}
