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
    /// Whether dollar signs stand for variables of the environment.
    let expandsVariables: Bool
    /// The files that may be read.
    let files: NamedFiles
    private var collected: [ConfigurationProblem] = []
    private var counts: [ConfigurationProblem.Severity: Int] = [:]
    private(set) var notices: [String] = []
    private(set) var hasErrors = false
    /// What nobody has filled in.
    private(set) var missing: [MissingVariable] = []
    /// The values that cannot be judged, since something is missing in them.
    private var unknown: [ConfigurationPath] = []
    /// The keys at the top that stand for a slip of theirs, which has been reported.
    var correctedKeys: Set<String> = []
    /// The longest times that keys may be given, where other keys, or who writes, allow less than their range.
    var longestTimes: [String: Duration] = [:]

    init(
        source: String, format: ConfigurationFormat, isStrict: Bool = false, expandsVariables: Bool = false,
        files: NamedFiles = .none
    ) {
        self.files = files
        self.source = source
        self.format = format
        self.isStrict = isStrict
        self.expandsVariables = expandsVariables
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
        guard !unknown.contains(where: { $0.isWithin(path) }) else { return }
        hasErrors = true
        report(.error, message, position, path, suggestion)
    }

    /// Notes something that nobody has filled in. Whose problem that is shows when its place is read.
    mutating func miss(_ variable: MissingVariable) {
        missing.append(variable)
    }

    /// Reads something of which parts are missing. What is wrong with these, and follows from it, is not reported.
    mutating func without<Value>(
        _ missing: [MissingVariable], _ read: (inout ConversionContext) -> Value
    ) -> Value {
        unknown = missing.map(\.path)
        defer { unknown = [] }
        return read(&self)
    }

    /// The value of a node as a message may quote it; nil where it may be a secret, or is no single value.
    ///
    /// What a variable brought in may be one, and so may a text that is long or full of digits, wherever it was pasted.
    static func quoted(_ node: ConfigurationNode) -> String? {
        guard !node.holdsVariable else { return nil }
        switch node.value {
        case .string(let text):
            let digits = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return text.utf8.count <= longestQuoted && digits <= mostDigits ? ConfigurationPath.quoted(text) : nil
        case .number(let text): return ConfigurationPath.shown(text)
        case .bool(let value): return "\(value)"
        case .null, .array, .object: return nil
        }
    }

    private static let longestQuoted = 32
    private static let mostDigits = 6
    private static let longestAddress = 48

    /// The same for what is to be an address, which may be full of digits.
    static func quotedAddress(_ node: ConfigurationNode) -> String? {
        if !node.holdsVariable, case .string(let text) = node.value, text.utf8.count <= longestAddress,
            text.contains(where: { ".:".contains($0) })
        {
            return ConfigurationPath.quoted(text)
        }
        return quoted(node)
    }

    /// Words for a message about what stands there instead of what is expected; nothing where it may hold a secret.
    static func notThis(_ node: ConfigurationNode) -> String {
        quoted(node).map { ", not \($0)" } ?? ""
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
    var hasRoomForMore: Bool { hasRoom(for: isStrict ? .error : .warning) }

    /// Whether another problem of a severity would be listed.
    func hasRoom(for severity: ConfigurationProblem.Severity) -> Bool {
        counts[severity, default: 0] <= Self.maximumProblems
    }

    /// Adds a sentence for the operator that is about the file as a whole.
    mutating func notice(_ text: String) {
        notices.append(text)
    }

    private mutating func report(
        _ severity: ConfigurationProblem.Severity, _ message: String, _ position: SourcePosition?,
        _ path: ConfigurationPath, _ suggestion: String?
    ) {
        guard hasRoom(for: severity) else { return }
        let count = counts[severity, default: 0]
        let isLast = count == Self.maximumProblems
        counts[severity] = count + 1
        collected.append(
            ConfigurationProblem(
                severity: severity, source: source, keyPath: isLast ? "" : path.description, position: position,
                message: isLast ? "there are more problems than can be listed" : message,
                suggestion: isLast ? "Mend these first" : suggestion))
    }
}

/// Something that a text leaves to be filled in, and that nobody has filled in.
struct MissingVariable: Equatable {
    /// Who could fill it in.
    enum Kind: Equatable {
        /// A variable of the environment.
        case variable
        /// The program whose file it is, or its user.
        case otherProgram
        /// Whoever writes the file.
        case file(UnreadFile.Fault)
    }

    var kind: Kind
    /// The name of the variable or the file, or all that is written.
    var name: String
    var position: SourcePosition
    /// The value that needs it.
    var path: ConfigurationPath

    /// What is wrong, in words.
    var message: String {
        switch kind {
        case .variable: "the environment variable \(name) is not set"
        case .otherProgram: "\(ConfigurationPath.shown(name)) is something that only another program can fill in"
        case .file(let fault): "the file \"\(name)\" of ${file:…} \(fault.words)"
        }
    }

    /// What to do about it.
    func suggestion(source: String) -> String {
        switch kind {
        case .variable: "Set it, or write $$ for a dollar sign"
        case .file: "Write the secret into it alone, and let the user that runs mcp-proxy read it"
        case .otherProgram where name.hasPrefix("${input:"):
            "Write a variable such as ${NAME}, or run: \(OtherPrograms.importCommand(source)) --input '\(inputID)=…'"
        case .otherProgram: "Write the value itself, or run: \(OtherPrograms.importCommand(source))"
        }
    }

    private var inputID: String { ConfigurationPath.shown(String(name.dropFirst("${input:".count).dropLast())) }
}

extension [MissingVariable] {
    /// Why a server that needs all of these cannot be started, in words; nil if there are none.
    var reason: String? {
        var seen: Set<String> = []
        let messages = filter { seen.insert($0.name).inserted }.map(\.message)
        return messages.isEmpty ? nil : messages.joined(separator: "; ")
    }
}
