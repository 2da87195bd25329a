/// Takes a text apart into words as they are looked up: in small letters, without punctuation.
///
/// A name in camel case or with digits gives its parts, and itself as well where it is more than one: `GitHub` is `git`,
/// `hub` and `github`. Scripts without spaces give single characters and pairs of them.
struct WordSplitter {
    /// What stood in the text without a separator inside.
    struct Run {
        /// As it was written.
        var text = ""
        /// The words that it is looked up as.
        var words: [String] = []
    }

    /// A run is cut here: nobody writes longer words, and a text without spaces (an encoded picture) is none.
    private static let maximumScalars = 64

    private var run = Run()
    private var part = ""
    private var parts = 0
    private var whole = ""
    private var scalars = 0
    private var last: ScriptClass = .separator
    /// The last character of a script without spaces.
    private var lastUnspaced = ""

    /// Goes through the runs of a text, in order.
    ///
    /// - Parameter body: Returns whether it wants more.
    static func forEachRun(in text: some Sequence<Unicode.Scalar>, _ body: (Run) -> Bool) {
        var splitter = WordSplitter()
        for scalar in text {
            guard splitter.take(scalar), let run = splitter.finish() else { continue }
            guard body(run) else { return }
            splitter.begin(with: scalar)
        }
        if let run = splitter.finish() { _ = body(run) }
    }

    /// Returns whether a run has ended before the character.
    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        let kind = ScriptClass(scalar)
        switch kind {
        case .invisible: return false
        case .separator: return true
        case .unspaced:
            if scalars > 0, last != .unspaced || scalars >= Self.maximumScalars { return true }
        case .upper, .lower, .digit:
            if scalars > 0, last == .unspaced || scalars >= Self.maximumScalars { return true }
        case .mark:
            guard scalars > 0 else { return true }
            guard scalars < Self.maximumScalars else { return false }
        }
        append(scalar, kind)
        return false
    }

    /// Begins the next run with the character that has ended the last one, unless it is none of a word.
    private mutating func begin(with scalar: Unicode.Scalar) {
        _ = take(scalar)
    }

    private mutating func append(_ scalar: Unicode.Scalar, _ kind: ScriptClass) {
        run.text.unicodeScalars.append(scalar)
        scalars += 1
        switch kind {
        case .unspaced: appendUnspaced(scalar)
        case .mark:
            // Pairs of characters are compared without their marks.
            if last != .unspaced { part.unicodeScalars.append(scalar) }
            return
        default:
            appendLetter(scalar, kind)
        }
        last = kind
    }

    private mutating func appendUnspaced(_ scalar: Unicode.Scalar) {
        let character = String(scalar)
        run.words.append(character)
        if last == .unspaced, !lastUnspaced.isEmpty { run.words.append(lastUnspaced + character) }
        lastUnspaced = character
    }

    private mutating func appendLetter(_ scalar: Unicode.Scalar, _ kind: ScriptClass) {
        switch (last, kind) {
        case (.lower, .upper), (.digit, .upper), (.digit, .lower), (.lower, .digit), (.upper, .digit): endPart()
        // The last capital of several begins the next word: HTTPServer.
        case (.upper, .lower) where part.unicodeScalars.count > 1:
            let first = part.unicodeScalars.removeLast()
            endPart()
            part.unicodeScalars.append(first)
        default: break
        }
        Self.append(scalar, inSmallTo: &part)
    }

    private static func append(_ scalar: Unicode.Scalar, inSmallTo text: inout String) {
        if scalar.value < 0x80 {
            let isCapital = 0x41...0x5A ~= scalar.value
            text.unicodeScalars.append(isCapital ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar)
        } else {
            text += scalar.properties.lowercaseMapping
        }
    }

    private mutating func endPart() {
        guard !part.isEmpty else { return }
        run.words.append(part)
        whole += part
        parts += 1
        part = ""
    }

    private mutating func finish() -> Run? {
        endPart()
        if parts > 1 { run.words.append(whole) }
        let finished = run
        self = WordSplitter()
        return finished.words.isEmpty ? nil : finished
    }
}
