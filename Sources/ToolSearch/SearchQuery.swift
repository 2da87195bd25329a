/// A query, read: what its words are looked up as.
struct SearchQuery {
    /// A longer query is read up to here, in bytes of UTF-8 and in different words.
    static let maximumBytes = 4_096
    static let maximumWords = 64

    /// One word that is looked for, by itself and by others that stand for it.
    struct Concept {
        /// What is looked up, and how much it counts.
        var variants: [(term: Int32, weight: Float)]
        var weight: Float
        /// In which of the query's runs it stands.
        let run: Int
    }

    /// What was written, in order.
    private(set) var runs: [String] = []
    private(set) var concepts: [Concept] = []

    init(_ text: some Sequence<UInt8>, in index: SearchIndex) {
        let text = String(decoding: Array(text.prefix(Self.maximumBytes)), as: UTF8.self)
        var words: [(word: String, run: Int)] = []
        var seen: Set<String> = []
        WordSplitter.forEachRun(in: text.unicodeScalars) { run in
            for word in run.words where words.count < Self.maximumWords && seen.insert(index.stem(of: word)).inserted {
                words.append((word, runs.count))
            }
            runs.append(run.text)
            return words.count < Self.maximumWords
        }
        let telling = words.filter { !index.tuning.usesStopWords || !StopWords.contains($0.word) }
        concepts = (telling.isEmpty ? words : telling).map { Self.concept(for: $0.word, run: $0.run, in: index) }
    }

    private static func concept(for word: String, run: Int, in index: SearchIndex) -> Concept {
        var variants: [(term: Int32, weight: Float)] = []
        let stem = index.stem(of: word)
        if let term = index.stems[stem] { variants.append((term, 1)) }
        if index.tuning.usesSynonyms {
            for other in Synonyms.stems(for: stem) {
                if let term = index.stems[other] { variants.append((term, index.tuning.synonymWeight)) }
            }
        }
        return Concept(variants: variants, weight: 1, run: run)
    }
}
