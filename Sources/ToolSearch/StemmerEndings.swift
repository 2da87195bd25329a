/// The endings that `Stemmer` replaces, the longest first.
enum StemmerEndings {
    /// One ending.
    struct Ending {
        let text: String
        let replacement: String
        /// The letters of which one has to stand before it; empty where any may.
        let onlyBehind: String

        init(_ text: String, _ replacement: String = "", onlyBehind: String = "") {
            self.text = text
            self.replacement = replacement
            self.onlyBehind = onlyBehind
        }
    }

    static let second: [Ending] = [
        Ending("ization", "ize"), Ending("ational", "ate"), Ending("fulness", "ful"), Ending("ousness", "ous"),
        Ending("iveness", "ive"), Ending("tional", "tion"), Ending("biliti", "ble"), Ending("lessli", "less"),
        Ending("entli", "ent"), Ending("ation", "ate"), Ending("alism", "al"), Ending("aliti", "al"),
        Ending("ousli", "ous"), Ending("iviti", "ive"), Ending("fulli", "ful"), Ending("enci", "ence"),
        Ending("anci", "ance"), Ending("abli", "able"), Ending("izer", "ize"), Ending("ator", "ate"),
        Ending("alli", "al"), Ending("bli", "ble"), Ending("ogi", "og", onlyBehind: "l"),
        Ending("li", onlyBehind: "cdeghkmnrt"),
    ]

    static let third: [Ending] = [
        Ending("ational", "ate"), Ending("tional", "tion"), Ending("alize", "al"), Ending("icate", "ic"),
        Ending("iciti", "ic"), Ending("ative"), Ending("ical", "ic"), Ending("ness"), Ending("ful"),
    ]

    static let fourth: [Ending] = [
        Ending("ement"), Ending("ance"), Ending("ence"), Ending("able"), Ending("ible"), Ending("ment"), Ending("ant"),
        Ending("ent"), Ending("ism"), Ending("ate"), Ending("iti"), Ending("ous"), Ending("ive"), Ending("ize"),
        Ending("ion", onlyBehind: "st"), Ending("al"), Ending("er"), Ending("ic"),
    ]
}
