/// What is collected while a document is turned into settings.
struct ConversionContext {
    /// The most problems kept of each severity; a file with more of them is not a configuration.
    static let maximumProblems = 200

    /// The name of the file or URL.
    let source: String
    /// The format the document was written in.
    let format: ConfigurationFormat
    /// Whether what has no effect is refused, as in texts that come from clients.
    let isStrict: Bool
    private var collected: [ConfigurationProblem] = []
    private var counts: [ConfigurationProblem.Severity: Int] = [:]
    private(set) var notices: [String] = []
    private(set) var hasErrors = false

    init(source: String, format: ConfigurationFormat, isStrict: Bool = false) {
        self.source = source
        self.format = format
        self.isStrict = isStrict
    }

    /// The problems in the order of the text.
    var problems: [ConfigurationProblem] {
        collected.enumerated().sorted { first, second in
            (first.element.line ?? 0, first.element.column ?? 0, first.offset)
                < (second.element.line ?? 0, second.element.column ?? 0, second.offset)
        }.map(\.element)
    }

    /// Reports something that makes the configuration unusable.
    mutating func error(
        _ message: String, at position: SourcePosition?, _ path: ConfigurationPath, write suggestion: String? = nil
    ) {
        hasErrors = true
        report(.error, message, position, path, suggestion)
    }

    /// Reports something questionable.
    mutating func warn(
        _ message: String, at position: SourcePosition?, _ path: ConfigurationPath, write suggestion: String? = nil
    ) {
        report(.warning, message, position, path, suggestion)
    }

    /// Reports something that is written but does not count: questionable in a file, an error where the text is strict.
    mutating func reportWithoutEffect(
        _ message: String, at position: SourcePosition?, _ path: ConfigurationPath, write suggestion: String? = nil
    ) {
        if isStrict { hasErrors = true }
        report(isStrict ? .error : .warning, message, position, path, suggestion)
    }

    /// Whether another thing without effect would be listed; working out its words may be costly.
    var hasRoomForMore: Bool { counts[isStrict ? .error : .warning, default: 0] <= Self.maximumProblems }

    /// Adds a sentence for the operator that is about the file as a whole.
    mutating func notice(_ text: String) {
        notices.append(text)
    }

    private mutating func report(
        _ severity: ConfigurationProblem.Severity, _ message: String, _ position: SourcePosition?,
        _ path: ConfigurationPath, _ suggestion: String?
    ) {
        let count = counts[severity, default: 0]
        guard count <= Self.maximumProblems else { return }
        let isLast = count == Self.maximumProblems
        counts[severity] = count + 1
        collected.append(
            ConfigurationProblem(
                severity: severity, source: source, keyPath: isLast ? "" : path.description, position: position,
                message: isLast ? "there are more problems than can be listed" : message,
                suggestion: isLast ? "Mend these first" : suggestion))
    }
}
