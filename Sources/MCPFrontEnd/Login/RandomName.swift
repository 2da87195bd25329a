import MCPCore

/// Names that nobody can guess.
enum RandomName {
    /// How long one is, in characters.
    static let length = 43

    /// 256 random bits in the alphabet for URLs.
    static func make() -> String { RandomBytes.text(of: 32) }
}
