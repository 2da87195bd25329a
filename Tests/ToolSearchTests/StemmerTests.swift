import Testing

@testable import ToolSearch

@Suite struct StemmerTests {
    @Test(
        "Forms of one word have one stem",
        arguments: [
            "repository repositories", "issue issues", "search searches searching searched",
            "create creating created creates",
            "delete deleting deleted deletion", "translate translation translating translations",
            "run running runs ran",
            "write writes writing wrote written", "query queries", "copy copies copied copying",
            "fix fixes fixed fixing",
            "list lists listing listed", "analysis analyses", "index indexes indices indexing", "child children",
            "vulnerability vulnerabilities", "day days", "process processes processing",
            "relational relation relations",
            "hopeful hopefulness", "agreed agree", "pr prs", "url urls", "stop stopping stopped", "hope hoping hoped",
        ])
    func forms(line: String) {
        let stems = Set(line.split(separator: " ").map { Stemmer.stem(String($0)) })
        #expect(stems.count == 1, "\(stems)")
    }

    @Test(
        "Other words have other stems",
        arguments: [
            "new news", "wander wand", "image imagine", "organ organization", "hop hope", "us use", "bus busy",
            "pass past",
        ])
    func others(line: String) {
        let words = line.split(separator: " ").map(String.init)
        #expect(Stemmer.stem(words[0]) != Stemmer.stem(words[1]))
    }

    @Test(
        "What is no English word stays as it is",
        arguments: ["", "a", "is", "s3", "größen", "файлы", "図表", "base64", "dns", "kubernetes", "aws"])
    func kept(word: String) {
        #expect(Stemmer.stem(word) == word)
    }

    @Test("Any letters have a stem, and no word is left without letters")
    func anything() {
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            var word = ""
            state = state &* 6_364_136_223_846_793_005 &+ 1
            for position in 0..<Int(3 + state >> 60) {
                word.unicodeScalars.append(Unicode.Scalar(UInt8(97 + (state >> (8 + UInt64(position) * 3)) % 26)))
            }
            #expect(!Stemmer.stem(word).isEmpty, "\(word)")
        }
    }
}
