package import MCPCore

/// Tools, to be found by words of what they are and do.
///
/// Ranks by BM25F: a word counts the more the fewer tools have it, the more the field in which it stands says of the tool,
/// and the less the longer that field is. Words are compared by their stems, and other words for them count too.
///
/// It lives in memory and is changed tool by tool. A query reads the lists of its own words and nothing else; it allocates
/// for itself and not for each tool.
package struct SearchIndex: Sendable {
    /// That a word stands in a tool, and how often in each of its fields.
    struct Posting: Sendable {
        var slot: Int32
        var counts: FieldCounts
    }

    /// A tool's place. It is left when the tool goes, and taken by no other before all are put together again: what stands
    /// in the lists of words refers to it.
    struct Slot: Sendable {
        let number: Int32
        var isTaken: Bool
        /// How many words each of its fields has.
        let lengths: FieldVector
    }

    /// So few places left by tools that have gone are not worth the work.
    private static let keptPlaces = 64

    let tuning: SearchTuning
    private(set) var slots: [Slot] = []
    private(set) var postings: [[Posting]] = []
    /// The places in `postings` of words as they are written, and of stems.
    private var terms: [String: Int32] = [:]
    private var stems: [String: Int32] = [:]
    /// The place of each tool, by its number; negative for numbers that are free.
    private var places: [Int32] = []
    private var free: [Int] = []
    private var takenCount = 0

    /// An index without tools.
    package init() {
        self.init(SearchTuning())
    }

    /// An index without tools that ranks otherwise; to measure what each part of the ranking is good for.
    package init(_ tuning: SearchTuning) {
        self.tuning = tuning
    }

    /// How many tools there are.
    package var count: Int { takenCount }

    /// Adds a tool.
    ///
    /// Of a tool so many words are read as `SearchField` says, whatever it has.
    ///
    /// - Parameter definition: As clients are shown it, with the name under which it is offered.
    /// - Returns: The number by which the index calls it: small, and given to another tool after it was removed.
    package mutating func add(_ definition: JSONView) -> Int {
        let tool = ToolWords(definition)
        let number = free.popLast() ?? places.count
        if number == places.count { places.append(-1) }
        places[number] = Int32(slots.count)
        var lengths = FieldVector()
        for (word, field) in tool.words {
            lengths[field] += 1
            note(word, in: field, at: Int32(slots.count))
        }
        slots.append(Slot(number: Int32(number), isTaken: true, lengths: lengths))
        takenCount += 1
        return number
    }

    private mutating func note(_ word: String, in field: SearchField, at slot: Int32) {
        let term = Int(term(for: word))
        let last = postings[term].count - 1
        guard last >= 0, postings[term][last].slot == slot else {
            var counts = FieldCounts()
            counts[field] = 1
            postings[term].append(Posting(slot: slot, counts: counts))
            return
        }
        if postings[term][last].counts[field] < .max { postings[term][last].counts[field] += 1 }
    }

    private mutating func term(for word: String) -> Int32 {
        if let known = terms[word] { return known }
        let stem = stem(of: word)
        let term = stems[stem] ?? Int32(postings.count)
        if term == postings.count {
            postings.append([])
            stems[stem] = term
        }
        terms[word] = term
        return term
    }

    /// The place in `postings` of a stem; nil where no tool has it.
    func term(ofStem stem: String) -> Int? { stems[stem].map { Int($0) } }

    /// What a word is looked up as.
    func stem(of word: String) -> String { tuning.usesStems ? Stemmer.stem(word) : word }

    /// Removes a tool. A number that belongs to none is passed over.
    package mutating func remove(_ number: Int) {
        guard places.indices.contains(number), places[number] >= 0 else { return }
        slots[Int(places[number])].isTaken = false
        places[number] = -1
        free.append(number)
        takenCount -= 1
        if slots.count > Self.keptPlaces, slots.count > 2 * takenCount { compact() }
    }

    /// Puts the tools together that are left, and forgets words that none of them has.
    private mutating func compact() {
        var moved = [Int32](repeating: -1, count: slots.count)
        var kept: [Slot] = []
        for (place, slot) in slots.enumerated() where slot.isTaken {
            moved[place] = Int32(kept.count)
            places[Int(slot.number)] = moved[place]
            kept.append(slot)
        }
        slots = kept
        var newTerms = [Int32](repeating: -1, count: postings.count)
        var newPostings: [[Posting]] = []
        for (term, list) in postings.enumerated() {
            let rest = list.compactMap { posting in
                let slot = moved[Int(posting.slot)]
                return slot < 0 ? nil : Posting(slot: slot, counts: posting.counts)
            }
            guard !rest.isEmpty else { continue }
            newTerms[term] = Int32(newPostings.count)
            newPostings.append(rest)
        }
        postings = newPostings
        terms = terms.compactMapValues { newTerms[Int($0)] < 0 ? nil : newTerms[Int($0)] }
        stems = stems.compactMapValues { newTerms[Int($0)] < 0 ? nil : newTerms[Int($0)] }
    }
}
