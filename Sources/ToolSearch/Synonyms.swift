/// Other words for a word, among those that people use for what servers offer.
enum Synonyms {
    /// The stems of other words, by the stem of a word.
    private static let table: [String: [String]] = {
        var found: [String: [String]] = [:]
        for line in SynonymList.groups {
            let stems = line.split(separator: " ").map { Stemmer.stem(String($0)) }
            for stem in stems {
                for other in stems where other != stem && found[stem]?.contains(other) != true {
                    found[stem, default: []].append(other)
                }
            }
        }
        return found
    }()

    static func stems(for stem: String) -> [String] { table[stem] ?? [] }
}
