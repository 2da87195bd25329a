/// A query, read: what its words are looked up as.
struct SearchQuery {
    /// A longer query is read up to here, in bytes of UTF-8 and in different words.
    static let maximumBytes = 4_096
    static let maximumWords = 64

    /// One word that is looked for, by itself and by others that stand for it.
    struct Concept {
        /// A word's place in the index, and how much it counts.
        struct Variant {
            let term: Int
            let weight: Float
        }

        var variants: [Variant]
        /// In which of the query's runs it stands.
        let run: Int
    }

    private struct Word {
        let text: String
        let stem: String
        let run: Int
    }

    /// What was written, in order.
    private(set) var runs: [String] = []
    private(set) var concepts: [Concept] = []

    /// - Parameter run: Says which words there are: what only tools have that may not be found is as if nobody had it, else
    ///   they would decide what the query means.
    init(_ text: some Sequence<UInt8>, in run: SearchRun) {
        let tuning = run.index.tuning
        let text = String(decoding: Array(text.prefix(Self.maximumBytes)), as: UTF8.self)
        var words = read(QueryText.withoutAddresses(text), run.index)
        if words.isEmpty { words = read(text, run.index) }
        let telling = tuning.usesStopWords ? words.filter { !StopWords.contains($0.text) } : words
        if !telling.isEmpty { words = telling }
        concepts = words.map { Concept(variants: Self.variants(of: $0, in: run), run: $0.run) }
        if tuning.usesSynonyms { join(words, in: run) }
    }

    private mutating func read(_ text: String, _ index: SearchIndex) -> [Word] {
        runs = []
        var words: [Word] = []
        var seen: Set<String> = []
        WordSplitter.forEachRun(in: text.unicodeScalars) { run in
            for word in run.words where words.count < Self.maximumWords {
                let stem = index.stem(of: word)
                if seen.insert(stem).inserted { words.append(Word(text: word, stem: stem, run: runs.count)) }
            }
            runs.append(run.text)
            return words.count < Self.maximumWords
        }
        return words
    }

    // MARK: Other words

    private static func variants(of word: Word, in run: SearchRun) -> [Concept.Variant] {
        let own = run.term(ofStem: word.stem).map { [Concept.Variant(term: $0, weight: 1)] } ?? []
        guard run.index.tuning.usesSynonyms else { return own }
        let others = Synonyms.stems(for: word.stem).compactMap(run.term(ofStem:))
        let found = own + others.map { Concept.Variant(term: $0, weight: run.index.tuning.synonymWeight) }
        return found.isEmpty ? halves(of: word.text, in: run) : found
    }

    /// The two words that an unknown one is made of: `webpage` where tools say `web page`.
    private static func halves(of word: String, in run: SearchRun) -> [Concept.Variant] {
        let shortest = 3
        guard word.utf8.count >= 2 * shortest, word.utf8.allSatisfy({ 0x61...0x7A ~= $0 }) else { return [] }
        for length in (shortest...word.utf8.count - shortest).reversed() {
            if let left = run.term(ofStem: run.index.stem(of: String(word.prefix(length)))),
                let right = run.term(ofStem: run.index.stem(of: String(word.dropFirst(length))))
            {
                return [left, right].map { Concept.Variant(term: $0, weight: run.index.tuning.synonymWeight) }
            }
        }
        return []
    }

    /// Lets two words in a row stand for the one that they make: `screen shot` where tools say `screenshot`.
    private mutating func join(_ words: [Word], in run: SearchRun) {
        for (place, word) in words.enumerated().dropLast() where words[place + 1].run > word.run {
            guard let term = run.term(ofStem: run.index.stem(of: word.text + words[place + 1].text)) else { continue }
            let joined = Concept.Variant(term: term, weight: run.index.tuning.synonymWeight)
            concepts[place].variants.append(joined)
            concepts[place + 1].variants.append(joined)
        }
    }
}
