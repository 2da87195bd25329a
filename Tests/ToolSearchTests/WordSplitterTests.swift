import Testing

@testable import ToolSearch

@Suite struct WordSplitterTests {
    private func words(_ text: String) -> [String] {
        var words: [String] = []
        WordSplitter.forEachRun(in: text.unicodeScalars) { run in
            words += run.words
            return true
        }
        return words
    }

    private func runs(_ text: String) -> [String] {
        var runs: [String] = []
        WordSplitter.forEachRun(in: text.unicodeScalars) { run in
            runs.append(run.text)
            return true
        }
        return runs
    }

    @Test(
        "Names are taken apart, and kept whole beside their parts",
        arguments: [
            ("list_repos", ["list", "repos"]), ("get-file.info", ["get", "file", "info"]),
            ("getUserInfo", ["get", "user", "info", "getuserinfo"]), ("GitHub", ["git", "hub", "github"]),
            ("HTTPServer", ["http", "server", "httpserver"]), ("parseURL", ["parse", "url", "parseurl"]),
            ("base64", ["base", "64", "base64"]), ("S3", ["s", "3", "s3"]), ("README", ["readme"]), ("", []),
            ("_-.", []),
        ])
    func names(name: String, expected: [String]) {
        #expect(words(name) == expected)
    }

    @Test("Markup separates, and what nobody sees is as if it were not there")
    func markup() {
        #expect(words("<b>bold</b>&nbsp;text") == ["b", "bold", "b", "nbsp", "text"])
        #expect(words("in\u{200B}visible so\u{AD}ft user's") == ["invisible", "soft", "users"])
        #expect(words("a\u{0}b\u{202E}c") == ["a", "bc"])
    }

    @Test("Scripts without spaces give characters and pairs of them")
    func unspaced() {
        #expect(words("搜索文件") == ["搜", "索", "搜索", "文", "索文", "件", "文件"])
        #expect(words("查PDF文") == ["查", "pdf", "文"])
        #expect(words("ไฟล์") == ["ไ", "ฟ", "ไฟ", "ล", "ฟล"])
        #expect(runs("查PDF文, 図") == ["查", "PDF", "文", "図"])
    }

    @Test("Right to left, with marks and in capitals beyond ASCII, words are words")
    func scripts() {
        #expect(words("ابحث عن ملف") == ["ابحث", "عن", "ملف"])
        #expect(words("ФАЙЛЫ ÄRGER") == ["файлы", "ärger"])
        #expect(words("cafe\u{301}") == ["café"])
    }

    @Test("A text without an end is cut into pieces, whatever it is made of")
    func bounded() {
        for piece in ["a", "A", "文", "a\u{301}\u{301}", "aB1"] {
            let text = String(repeating: piece, count: 10_000)
            #expect(words(text).allSatisfy { $0.unicodeScalars.count <= 128 }, "\(piece)")
            #expect(runs(text).allSatisfy { $0.unicodeScalars.count <= 64 }, "\(piece)")
        }
    }
}
