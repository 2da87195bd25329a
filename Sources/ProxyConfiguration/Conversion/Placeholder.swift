/// The blank that the examples of the documentation leave for a credential.
enum Placeholder {
    static let text = "<YOUR_TOKEN>"

    /// Warns if the blank was not filled in.
    static func check(
        _ value: String, at position: SourcePosition?, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) {
        guard value.range(ofFirst: text) != nil else { return }
        context.warn(
            "the \(text) of the documentation was not filled in", at: position, path, write: "Write your credential")
    }
}
