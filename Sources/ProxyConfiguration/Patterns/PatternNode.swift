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
