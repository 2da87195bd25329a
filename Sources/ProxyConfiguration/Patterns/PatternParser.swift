/// Reads a pattern. What other engines understand and this one does not is refused, never taken for something else.
struct PatternParser {
    private static let maximumDepth = 64
    private static let maximumCount = 1_000

    private let scalars: [Unicode.Scalar]
    private var next = 0
    private var depth = 0

    init(_ scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    mutating func parse() throws(TextPattern.Fault) -> PatternNode {
        let whole = try choice()
        guard next == scalars.count else {
            throw fault("a ) has no ( before it", #"Write \) for the character"#)
        }
        return whole
    }

    // MARK: Choices, sequences and what is repeated

    private mutating func choice() throws(TextPattern.Fault) -> PatternNode {
        var parts = [try sequence()]
        while peek == "|" {
            next += 1
            parts.append(try sequence())
        }
        return parts.count == 1 ? parts[0] : .choice(parts)
    }

    private mutating func sequence() throws(TextPattern.Fault) -> PatternNode {
        // The whole text is matched in any case, so that these say nothing where they are true.
        if depth == 0, peek == "^" { next += 1 }
        var parts: [PatternNode] = []
        while let scalar = peek, scalar != "|", scalar != ")" {
            if depth == 0, scalar == "$", isEndOfSequence(next + 1) {
                next += 1
                break
            }
            parts.append(try repetition(of: try atom()))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private func isEndOfSequence(_ index: Int) -> Bool {
        index == scalars.count || scalars[index] == "|"
    }

    private mutating func atom() throws(TextPattern.Fault) -> PatternNode {
        guard let scalar = peek else { throw fault("the pattern ends too early", "Write it to its end") }
        switch scalar {
        case "(": return try group()
        case "[":
            next += 1
            return .scalar(try characterClass())
        case ".":
            next += 1
            return .scalar(.any)
        case "\\": return .scalar(try escape())
        case "*", "+", "?":
            throw fault("there is nothing to be repeated before this", #"Write \ before it for the character"#)
        case "{": throw fault("this { is no repetition", #"Write \{ for the character"#)
        case "^", "$":
            throw fault(
                "an anchor cannot stand here", #"Leave it out, since the whole text is matched, or write \ before it"#)
        default:
            next += 1
            return .scalar(ScalarSet([scalar...scalar]))
        }
    }

    private mutating func group() throws(TextPattern.Fault) -> PatternNode {
        let start = next
        next += 1
        if peek == "?" {
            guard peek(1) == ":" else {
                throw fault(
                    "this kind of group is not supported, nor are look-ahead, look-behind, names and flags",
                    "Write ( or (?: for a group, and [Aa] for a letter in either case")
            }
            next += 2
        }
        guard depth < Self.maximumDepth else {
            throw fault("there are too many groups within each other", "Write at most \(Self.maximumDepth)")
        }
        depth += 1
        let inner = try choice()
        depth -= 1
        guard peek == ")" else {
            throw TextPattern.Fault(
                position: start + 1, message: "the group is not closed",
                suggestion: #"Write ) at its end, or \( for the character"#)
        }
        next += 1
        return inner
    }

    private mutating func repetition(of part: PatternNode) throws(TextPattern.Fault) -> PatternNode {
        let repeated: PatternNode
        switch peek {
        case "*": repeated = .repeated(part, atLeast: 0, atMost: nil)
        case "+": repeated = .repeated(part, atLeast: 1, atMost: nil)
        case "?": repeated = .repeated(part, atLeast: 0, atMost: 1)
        case "{": repeated = try counted(part)
        default: return part
        }
        next += 1
        if let after = peek, "*+?{".unicodeScalars.contains(after) {
            throw fault(
                "what is repeated already is repeated again",
                "Leave this out, since the whole text is matched, or write a group around what stands before it")
        }
        return repeated
    }

    /// Reads `{2}`, `{2,}` or `{2,5}` up to its last brace.
    private mutating func counted(_ part: PatternNode) throws(TextPattern.Fault) -> PatternNode {
        let start = next
        next += 1
        let least = try count()
        var most = least
        if peek == "," {
            next += 1
            most = peek == "}" ? nil : try count()
        }
        guard let least, peek == "}", most.map({ $0 >= least }) ?? true else {
            throw TextPattern.Fault(
                position: start + 1, message: "this is no repetition",
                suggestion: #"Write {2}, {2,} or {2,5}, or \{ for the character"#)
        }
        return .repeated(part, atLeast: least, atMost: most)
    }

    /// A number; nil if there is none.
    private mutating func count() throws(TextPattern.Fault) -> Int? {
        var value: Int?
        while let scalar = peek, ("0"..."9").contains(scalar) {
            let digit = Int(scalar.value - 0x30)
            let number = (value ?? 0) * 10 + digit
            guard number <= Self.maximumCount else {
                throw fault("the number is too large", "Write at most \(Self.maximumCount)")
            }
            value = number
            next += 1
        }
        return value
    }

    // MARK: Classes and escapes

    /// Reads a class from behind its first bracket.
    private mutating func characterClass() throws(TextPattern.Fault) -> ScalarSet {
        let start = next
        var set = ScalarSet(isNegated: peek == "^")
        if set.isNegated { next += 1 }
        let first = next
        while let scalar = peek, scalar != "]" {
            try checkOperator(scalar)
            let position = next
            let low = try member(into: &set)
            guard peek == "-", let end = peek(1), end != "]" else {
                if let low { set.insert(low, through: low) }
                continue
            }
            try checkOperator("-")
            next += 1
            try checkOperator(end)
            guard let high = try member(into: &set), let low, low <= high else {
                throw TextPattern.Fault(
                    position: position + 1, message: "this is no range of characters",
                    suggestion: #"Write the smaller one first, as in a-z, or \- for the character"#)
            }
            set.insert(low, through: high)
        }
        guard peek == "]", next > first else {
            throw TextPattern.Fault(
                position: start, message: next > first ? "the class is not closed" : "the class is empty or not closed",
                suggestion: #"Write one such as [a-z], \] for the character in it, and \[ for the character before it"#)
        }
        next += 1
        return set.merged
    }

    /// One character of a class; nil if it was a whole set such as `\d`, which is then in it.
    private mutating func member(into set: inout ScalarSet) throws(TextPattern.Fault) -> Unicode.Scalar? {
        guard let scalar = peek, scalar == "\\" else {
            defer { next += 1 }
            return peek
        }
        let escaped = try escape()
        if !escaped.isNegated, escaped.ranges.count == 1, let range = escaped.ranges.first, range.count == 1 {
            return Unicode.Scalar(range.lowerBound)
        }
        set.insert(escaped)
        return nil
    }

    /// Refuses what makes sets of sets elsewhere.
    private func checkOperator(_ scalar: Unicode.Scalar) throws(TextPattern.Fault) {
        guard scalar == "[" || peek(1) == scalar && "&-~".unicodeScalars.contains(scalar) else { return }
        throw fault(
            "classes within classes and operators on them are not supported",
            #"Write \ before the character, or the members one by one"#)
    }

    private mutating func escape() throws(TextPattern.Fault) -> ScalarSet {
        guard let scalar = peek(1) else {
            throw fault("there is nothing behind the backslash", #"Write \\ for the character"#)
        }
        let set: ScalarSet
        switch scalar {
        case "d": set = .digits
        case "w": set = .wordCharacters
        case "s": set = .blanks
        case "D": set = ScalarSet.digits.negated
        case "W": set = ScalarSet.wordCharacters.negated
        case "S": set = ScalarSet.blanks.negated
        case "!"..."/", ":"..."@", "["..."`", "{"..."~", " ": set = ScalarSet([scalar...scalar])
        default:
            throw fault(
                "this escape is not supported",
                #"Write \d, \w, \s, \D, \W, \S, a backslash before a mark such as \., or the character itself"#)
        }
        next += 2
        return set
    }

    // MARK: Reading

    private var peek: Unicode.Scalar? { peek(0) }

    private func peek(_ distance: Int) -> Unicode.Scalar? {
        next + distance < scalars.count ? scalars[next + distance] : nil
    }

    private func fault(_ message: String, _ suggestion: String) -> TextPattern.Fault {
        TextPattern.Fault(position: next + 1, message: message, suggestion: suggestion)
    }
}

extension ScalarSet {
    fileprivate var negated: ScalarSet {
        var other = self
        other.isNegated.toggle()
        return other
    }
}

/// A pattern, or a part of one, as it is read.
indirect enum PatternNode: Equatable {
    case scalar(ScalarSet)
    /// One after another; nothing at all if there are none.
    case sequence([PatternNode])
    /// Any of them.
    case choice([PatternNode])
    /// At least so often, and at most so often if that is bounded.
    case repeated(PatternNode, atLeast: Int, atMost: Int?)

    /// How many steps the part makes, up to one more than a pattern may have. Nothing counts as one, so that writing
    /// out repetitions of nothing is bounded, too.
    var stepCount: Int {
        switch self {
        case .scalar: 1
        case .sequence(let parts): Self.limited(parts.reduce(1) { Self.limited($0 + $1.stepCount) })
        case .choice(let parts): Self.limited(parts.reduce(0) { Self.limited($0 + $1.stepCount + 2) })
        case .repeated(let part, let least, let most):
            Self.repeatedCount(of: part.stepCount, least, most)
        }
    }

    /// No factor is large: the numbers of a repetition are bounded where they are read.
    private static func repeatedCount(of count: Int, _ least: Int, _ most: Int?) -> Int {
        limited(max(1, count * least + (most.map { ($0 - least) * (count + 1) } ?? count + 2)))
    }

    private static func limited(_ count: Int) -> Int { min(count, TextPattern.maximumSteps + 1) }
}

/// The scalars that one place of a pattern admits.
struct ScalarSet: Sendable, Equatable {
    /// In the order of the scalars, once it is ``merged``.
    private(set) var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false

    static let any = ScalarSet(isNegated: true)
    static let digits = ScalarSet(["0"..."9"])
    static let wordCharacters = ScalarSet(["0"..."9", "A"..."Z", "_"..."_", "a"..."z"])
    /// Blanks of ASCII. Most of them are refused in texts anyway.
    static let blanks = ScalarSet(["\t"..."\r", " "..." "])

    /// - Parameter ranges: In the order of the scalars, without overlaps.
    init(_ ranges: [ClosedRange<Unicode.Scalar>] = [], isNegated: Bool = false) {
        self.ranges = ranges.map { $0.lowerBound.value...$0.upperBound.value }
        self.isNegated = isNegated
    }

    mutating func insert(_ first: Unicode.Scalar, through last: Unicode.Scalar) {
        ranges.append(first.value...last.value)
    }

    /// Adds the members of another set. A negated one becomes the ranges between its own.
    mutating func insert(_ other: ScalarSet) {
        guard other.isNegated else { return ranges += other.ranges }
        var next: UInt32 = 0
        for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { ranges.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        ranges.append(next...0x10_FFFF)
    }

    /// The same set with its ranges in order and without overlaps, which ``contains(_:)`` needs.
    var merged: ScalarSet {
        var merged = ScalarSet(isNegated: isNegated)
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.ranges.last, range.lowerBound <= last.upperBound + 1 {
                merged.ranges.removeLast()
                merged.ranges.append(last.lowerBound...max(last.upperBound, range.upperBound))
            } else {
                merged.ranges.append(range)
            }
        }
        return merged
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
        }
        return (low < ranges.count && ranges[low].contains(scalar.value)) != isNegated
    }
}
