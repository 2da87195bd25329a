/// Cuts the endings of English words, so that `repositories` and `repository` are one (Porter's second algorithm, without
/// its lists of exceptions but for the shortest).
///
/// What it makes is compared and never shown.
struct Stemmer {
    private var word: [UInt8]
    /// Where the regions begin in which an ending may be cut: behind the first consonant after a vowel, and once more.
    private var first = 0
    private var second = 0

    /// The stem of a word in small letters; the word itself where it is not English.
    static func stem(_ word: String) -> String {
        guard word.utf8.count > 2, word.utf8.allSatisfy({ 0x61...0x7A ~= $0 }) else { return word }
        if let known = exceptions[word] { return known }
        if let base = IrregularWords.base(of: word) { return stem(base) }
        var stemmer = Stemmer(word)
        stemmer.cut()
        return String(decoding: stemmer.word, as: UTF8.self)
    }

    private static let exceptions: [String: String] = [
        "news": "news", "lens": "lens", "bias": "bias", "atlas": "atlas", "kubernetes": "kubernetes", "aws": "aws",
        "dns": "dns", "css": "css", "gps": "gps", "sms": "sms", "rss": "rss", "ios": "ios", "https": "https",
        "using": "use", "dying": "die", "lying": "lie", "tying": "tie", "sky": "sky", "skies": "sky",
    ]

    private init(_ text: String) {
        word = Array(text.utf8)
        // A y that begins a word or follows a vowel is a consonant, and written as a capital.
        for index in word.indices where word[index] == UInt8(ascii: "y") {
            if index == 0 || Self.isVowel(word[index - 1]) { word[index] = UInt8(ascii: "Y") }
        }
        first = region(after: 0)
        for beginning in ["gener", "commun", "arsen", "univers", "organ"] where text.utf8.starts(with: beginning.utf8) {
            first = beginning.utf8.count
        }
        second = region(after: first)
    }

    private mutating func cut() {
        cutPlural()
        cutPast()
        writeFinalY()
        replace(StemmerEndings.second, from: first)
        replace(StemmerEndings.third, from: first)
        replace(StemmerEndings.fourth, from: second)
        cutFinalLetter()
        for index in word.indices where word[index] == UInt8(ascii: "Y") { word[index] = UInt8(ascii: "y") }
    }

    // MARK: Steps

    private mutating func cutPlural() {
        if ends("sses") {
            word.removeLast(2)
        } else if ends("ied") || ends("ies") {
            word.removeLast(word.count > 4 ? 2 : 1)
        } else if ends("s"), !ends("us"), !ends("ss"),
            // Not of "gas"; but of "prs", which Porter leaves alone.
            !Self.isVowel(word[word.count - 2]) || word.dropLast(2).contains(where: Self.isVowel)
        {
            word.removeLast()
        }
    }

    private mutating func cutPast() {
        for ending in ["eedly", "eed"] where ends(ending) {
            if word.count - ending.utf8.count >= first { word.removeLast(ending.utf8.count - 2) }
            return
        }
        for ending in ["ingly", "edly", "ing", "ed"] where ends(ending) {
            let rest = word.dropLast(ending.utf8.count)
            guard rest.contains(where: Self.isVowel) else { return }
            word = Array(rest)
            mendEnd()
            return
        }
    }

    /// Gives back what a word had before its ending came.
    private mutating func mendEnd() {
        if ends("at") || ends("bl") || ends("iz") {
            word.append(UInt8(ascii: "e"))
        } else if word.count > 1, word[word.count - 1] == word[word.count - 2],
            "bdfgmnprt".utf8.contains(word[word.count - 1])
        {
            word.removeLast()
        } else if first >= word.count, endsInShortSyllable(word.count) {
            word.append(UInt8(ascii: "e"))
        }
    }

    private mutating func writeFinalY() {
        guard word.count > 2, ends("y") || ends("Y"), !Self.isVowel(word[word.count - 2]) else { return }
        word[word.count - 1] = UInt8(ascii: "i")
    }

    /// Replaces the longest ending of a list, if it stands in the region.
    private mutating func replace(_ endings: [StemmerEndings.Ending], from region: Int) {
        guard let ending = endings.first(where: { ends($0.text) }) else { return }
        let start = word.count - ending.text.utf8.count
        guard start >= region,
            ending.onlyBehind.isEmpty || start > 0 && ending.onlyBehind.utf8.contains(word[start - 1])
        else { return }
        word.removeLast(ending.text.utf8.count)
        word += Array(ending.replacement.utf8)
    }

    private mutating func cutFinalLetter() {
        let start = word.count - 1
        if ends("e"), start >= second || start >= first && !endsInShortSyllable(start) {
            word.removeLast()
        } else if ends("ll"), start >= second {
            word.removeLast()
        }
    }

    // MARK: Looking

    private func ends(_ ending: String) -> Bool {
        let ending = ending.utf8
        guard word.count >= ending.count else { return false }
        return word[(word.count - ending.count)...].elementsEqual(ending)
    }

    private func region(after start: Int) -> Int {
        var index = start + 1
        while index < word.count {
            if !Self.isVowel(word[index]), Self.isVowel(word[index - 1]) { return index + 1 }
            index += 1
        }
        return word.count
    }

    /// Whether the letters before an index end in one such as that of `hop`: vowel, then consonant.
    private func endsInShortSyllable(_ end: Int) -> Bool {
        guard end > 1, Self.isVowel(word[end - 2]), !Self.isVowel(word[end - 1]) else { return false }
        return end == 2 || !Self.isVowel(word[end - 3]) && !"wxY".utf8.contains(word[end - 1])
    }

    private static func isVowel(_ letter: UInt8) -> Bool { "aeiouy".utf8.contains(letter) }
}
