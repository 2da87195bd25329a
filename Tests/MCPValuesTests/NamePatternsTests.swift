import MCPValues
import Testing

@Suite("Patterns of names")
struct NamePatternsTests {
    @Test(
        "A star stands for any text, a question mark for one character, and everything else for itself",
        arguments: [
            ("*", "", true), ("*", "git", true), ("git__*", "git__status", true), ("git__*", "git_status", false),
            ("*push*", "git__push_all", true), ("*push*", "git__pull", false), ("g?t", "git", true),
            ("g?t", "gt", false),
            ("g?t", "gät", true), ("git", "git", true), ("git", "gitx", false), ("", "", true), ("", "a", false),
            ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false), ("**", "x", true), ("?", "", false),
        ])
    func matches(_ pattern: String, _ name: String, _ isMeant: Bool) {
        #expect(NamePatterns([pattern]).admits(name) == isMeant)
    }

    @Test(
        "The last pattern that matches decides",
        arguments: [
            (["*", "!github-*__delete_*"], "github-a__delete_repo", false),
            (["*", "!github-*__delete_*"], "github-a__list", true),
            (["*", "!git__*", "git__status"], "git__status", true),
            (["*", "!git__*", "git__status"], "git__push", false),
            (["git__*", "!*push*"], "time__now", false),
        ])
    func lastDecides(_ patterns: [String], _ name: String, _ isMeant: Bool) {
        #expect(NamePatterns(patterns).admits(name) == isMeant)
    }

    @Test("A list that begins by taking away begins with all names, and an empty one has none")
    func begins() {
        #expect(NamePatterns(["!*push*"]).admits("git__status"))
        #expect(!NamePatterns(["!*push*"]).admits("git__push"))
        #expect(!NamePatterns([]).admits("git__status"))
    }

    @Test("Names are compared by their bytes, not by what they show")
    func bytes() {
        #expect(!NamePatterns(["caf\u{E9}"]).admits("cafe\u{301}"))
        #expect(NamePatterns(["a*"]).admits("a\u{301}b"))
    }

    @Test("The patterns that match nothing are told")
    func unmatched() {
        #expect(NamePatterns(["git__*", "!gone*", "*"]).unmatched(by: ["git__status"]) == ["!gone*"])
    }

    @Test("The pattern that decides is told")
    func decisive() {
        let patterns = NamePatterns(["*", "!git__*"])
        #expect(patterns.decisive(for: "git__push") == "!git__*")
        #expect(patterns.decisive(for: "time__now") == "*")
        #expect(NamePatterns(["x"]).decisive(for: "y") == nil)
    }

    @Test(
        "A pattern of many stars takes no time that grows beyond its length times the text's", .timeLimit(.minutes(1)))
    func manyStars() {
        let pattern = String(repeating: "a*", count: 500) + "b"
        #expect(!NamePatterns([pattern]).admits(String(repeating: "a", count: 20_000)))
    }
}
