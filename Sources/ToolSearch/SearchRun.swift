/// One search under way: a place for each tool's score, made once for the query.
struct SearchRun {
    /// What is known of one tool so far.
    private struct Tally {
        var isAdmitted = false
        var score: Float = 0
        /// How much of the query's weight it has.
        var matched: Float = 0
        /// Of the word that is looked up now.
        var frequency: Float = 0
    }

    let index: SearchIndex
    private var tallies: [Tally]
    /// Those that have the word that is looked up now.
    private var touched: [Int32] = []
    private var admittedCount: Float = 0
    /// What a count in a field is divided by: `base + length * slope`.
    private var base = FieldVector()
    private var slope = FieldVector()
    private var asked: Float = 0

    init(_ index: SearchIndex, where admits: (Int) -> Bool) {
        self.index = index
        tallies = Array(repeating: Tally(), count: index.slots.count)
        touched.reserveCapacity(index.slots.count)
        var total = FieldVector()
        for (place, slot) in index.slots.enumerated() where slot.isTaken && admits(Int(slot.number)) {
            tallies[place].isAdmitted = true
            admittedCount += 1
            total += slot.lengths
        }
        let average = pointwiseMax(total / max(admittedCount, 1), FieldVector(repeating: 0.01))
        base = 1 - index.tuning.lengthPenalties
        slope = index.tuning.lengthPenalties / average
    }

    /// The place of a stem in the index; nil where no tool has it that may be found.
    func term(ofStem stem: String) -> Int? {
        index.term(ofStem: stem).flatMap { term in
            index.postings[term].contains { tallies[Int($0.slot)].isAdmitted } ? term : nil
        }
    }

    /// Counts one word of the query. Returns whether any tool has it.
    mutating func count(_ concept: SearchQuery.Concept) -> Bool {
        for variant in concept.variants { lookUp(variant) }
        let having = Float(touched.count)
        let rarity = SearchMath.logarithm(1 + (admittedCount - having + 0.5) / (having + 0.5))
        asked += touched.isEmpty ? 0 : rarity
        for place in touched {
            let frequency = tallies[Int(place)].frequency
            tallies[Int(place)].score += rarity * frequency / (frequency + index.tuning.saturation)
            tallies[Int(place)].matched += rarity
            tallies[Int(place)].frequency = 0
        }
        let isFound = !touched.isEmpty
        touched.removeAll(keepingCapacity: true)
        return isFound
    }

    private mutating func lookUp(_ variant: SearchQuery.Concept.Variant) {
        let weights = index.tuning.weights * variant.weight
        for posting in index.postings[variant.term] {
            let place = Int(posting.slot)
            guard tallies[place].isAdmitted else { continue }
            let lengths = index.slots[place].lengths
            let frequency = (FieldVector(posting.counts) * weights / (base + lengths * slope)).sum()
            if tallies[place].frequency == 0 { touched.append(posting.slot) }
            tallies[place].frequency += frequency
        }
    }

    /// The best that were found; of equal ones first what was added first. Numbers are given again, so that their order would
    /// tell of tools that were there before.
    func best(_ limit: Int) -> [SearchAnswer.Match] {
        var best = BestMatches(limit)
        for (place, tally) in tallies.enumerated() where tally.score > 0 {
            let coverage = index.tuning.coverage
            let share = 1 - coverage + coverage * tally.matched / asked
            best.offer(.init(number: place, score: Double(tally.score * share)))
        }
        return best.sorted().map { .init(number: Int(index.slots[$0.number].number), score: $0.score) }
    }
}
