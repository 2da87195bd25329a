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
