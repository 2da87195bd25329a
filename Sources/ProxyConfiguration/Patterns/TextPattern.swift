/// A regular expression that a text has to match as a whole, of a kind that is matched in linear time.
///
/// Texts come from callers who may want to keep the proxy busy. Engines that try one way after another need a time that
/// is exponential in the length of the text for patterns as plain as `([a-z0-9]+-?)+`; here all ways are followed at
/// once, so that a text costs its length times the size of the pattern, both of which are bounded.
package struct TextPattern: Sendable {
    /// The longest pattern, in Unicode scalars.
    package static let maximumLength = 4_096
    /// The most steps that a pattern may have once its repetitions are written out.
    package static let maximumSteps = 4_096

    /// Why a pattern cannot be used. Shows nothing of the pattern, in which secrets of the operator may stand.
    package struct Fault: Error, Equatable {
        /// The character at which it was found; the first is 1.
        package let position: Int
        /// What is wrong.
        package let message: String
        /// What to write instead.
        package let suggestion: String
    }

    /// The pattern as it was written.
    package let text: String
    private let steps: [PatternStep]

    /// Reads a pattern.
    ///
    /// - Throws: the first fault.
    package init(_ text: String) throws(Fault) {
        let scalars = Array(text.unicodeScalars)
        guard scalars.count <= Self.maximumLength else {
            throw Fault(
                position: Self.maximumLength + 1, message: "the pattern is too long",
                suggestion: "Write at most \(Self.maximumLength) characters")
        }
        var parser = PatternParser(scalars)
        let whole = try parser.parse()
        guard whole.stepCount <= Self.maximumSteps else {
            throw Fault(
                position: 1, message: "the pattern is too large once its repetitions are written out",
                suggestion: "Repeat less: {1,63} counts 63 times what it repeats, and all together may be "
                    + "\(Self.maximumSteps)")
        }
        self.text = text
        var program = PatternProgram()
        program.add(whole)
        steps = program.finished
    }

    /// Whether the pattern fits all of the text, scalar by scalar: what is one character to a reader may be several
    /// letters to the program that gets the text.
    package func matches(_ text: String) -> Bool {
        var places = PatternPlaces(steps)
        for scalar in text.unicodeScalars {
            guard places.advance(over: scalar) else { return false }
        }
        return places.areAtTheEnd
    }
}

extension TextPattern: Equatable {
    package static func == (one: TextPattern, other: TextPattern) -> Bool {
        one.text.utf8.elementsEqual(other.text.utf8)
    }
}

/// One step of a pattern that has been written out: a nondeterministic automaton without a stack.
enum PatternStep: Sendable, Equatable {
    /// Takes one scalar of the set and goes to the next step.
    case take(ScalarSet)
    /// Goes on at two steps at once.
    case fork(Int, Int)
    case jump(Int)
    /// The text may end here.
    case end
}

/// Writes out a pattern ([Thompson's construction](https://dl.acm.org/doi/10.1145/363347.363387)).
struct PatternProgram {
    private var steps: [PatternStep] = []

    var finished: [PatternStep] { steps + [.end] }

    mutating func add(_ node: PatternNode) {
        switch node {
        case .scalar(let set): steps.append(.take(set))
        case .sequence(let parts): for part in parts { add(part) }
        case .choice(let parts): addChoice(parts[...])
        case .repeated(let part, let least, let most):
            for _ in 0..<least { add(part) }
            if let most { addOptional(part, times: most - least) } else { addLoop(part) }
        }
    }

    private mutating func addChoice(_ parts: ArraySlice<PatternNode>) {
        var jumps: [Int] = []
        for part in parts.dropLast() {
            let fork = reserve()
            add(part)
            jumps.append(reserve())
            steps[fork] = .fork(fork + 1, steps.count)
        }
        if let last = parts.last { add(last) }
        for jump in jumps { steps[jump] = .jump(steps.count) }
    }

    private mutating func addOptional(_ part: PatternNode, times: Int) {
        var forks: [Int] = []
        for _ in 0..<times {
            forks.append(reserve())
            add(part)
        }
        for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
    }

    private mutating func addLoop(_ part: PatternNode) {
        let fork = reserve()
        add(part)
        steps.append(.jump(fork))
        steps[fork] = .fork(fork + 1, steps.count)
    }

    /// A step that is filled in once it is known where it leads.
    private mutating func reserve() -> Int {
        steps.append(.end)
        return steps.count - 1
    }
}

/// All the steps at which a text may have arrived.
struct PatternPlaces {
    private let steps: [PatternStep]
    /// Steps that take a scalar, or at which the text may end; each once.
    private var current: [Int] = []
    /// In which round a step was reached last, so that none is followed twice in one.
    private var reachedIn: [Int]
    private var round = 0
    private var open: [Int] = []

    init(_ steps: [PatternStep]) {
        self.steps = steps
        reachedIn = Array(repeating: -1, count: steps.count)
        reach(0)
    }

    /// Goes on over one scalar.
    ///
    /// - Returns: Whether any way goes on.
    mutating func advance(over scalar: Unicode.Scalar) -> Bool {
        let before = current
        current.removeAll(keepingCapacity: true)
        round += 1
        for place in before {
            if case .take(let set) = steps[place], set.contains(scalar) { reach(place + 1) }
        }
        return !current.isEmpty
    }

    var areAtTheEnd: Bool { current.contains(steps.count - 1) }

    /// Follows a step to all that can be reached from it without a scalar. Not by recursion: a pattern may have
    /// thousands of forks in a row.
    private mutating func reach(_ place: Int) {
        open.append(place)
        while let place = open.popLast() {
            guard reachedIn[place] != round else { continue }
            reachedIn[place] = round
            switch steps[place] {
            case .take, .end: current.append(place)
            case .jump(let target): open.append(target)
            case .fork(let one, let other): open += [other, one]
            }
        }
    }
}
