import Testing

@testable import ProxyConfiguration

@Suite(.timeLimit(.minutes(2))) struct TextPatternTests {
    @Test(
        "A text matches as a whole or not at all",
        arguments: [
            ("main|dev", ["main", "dev"], ["", "mai", "maindev", "main ", "xmain"]),
            ("^main$|^dev$", ["main", "dev"], ["maindev"]),
            ("[a-z][a-z0-9-]*", ["a", "a-b-9"], ["", "-a", "A", "a_"]),
            ("a{2}b{1,2}c{1,}d{0,1}", ["aabc", "aabbccd"], ["abc", "aabbbc", "aab", "aabcdd"]),
            ("(?:ab)+|c?", ["", "c", "ab", "abab"], ["aba", "cc"]),
            ("a||b", ["", "a", "b"], ["ab"]),
            ("((a*)*)*b", ["b", "aaab"], ["a", "ba"]),
            ("()*(){3}x", ["x"], [""]),
            (#"/srv/[^/.]+\.git"#, ["/srv/x.git"], ["/srv/../x.git", "/srv/xgit", "/srv/a/x.git"]),
            (#"\d+\D\w\W\s\S"#, ["12a_- x"], ["\u{0661}a_- x"]),
            (#"[\d\-\]^]+"#, ["0-]^"], ["a", #"\"#]),
            (#"[^\D5]"#, ["4"], ["5", "a"]), (#"[\S]"#, ["ä"], [" "]),
            ("[a-]+[-b]+", ["a-b"], ["c"]), (".", ["ä", "\u{1F600}", "."], ["", "e\u{301}", "ab"]),
            (#"\{\}\(\)\[\]\|\*\+\?\^\$\.\\ }]"#, [#"{}()[]|*+?^$.\ }]"#], [""]),
            ("é", ["\u{E9}"], ["e\u{301}"]), ("K", ["K"], ["\u{212A}"]),
        ])
    func matching(pattern: String, fitting: [String], unfit: [String]) throws {
        let pattern = try TextPattern(pattern)
        for text in fitting { #expect(pattern.matches(text), "\(text)") }
        for text in unfit { #expect(!pattern.matches(text), "\(text)") }
    }

    @Test(
        "What is not understood is refused with its place and what to write instead",
        arguments: [
            ("a(b", 2), ("ab)", 3), ("*a", 1), ("a|+", 3), ("a**", 3), ("a*?", 3), ("a{2}{3}", 5), ("a{", 2),
            ("a{,3}", 2), ("a{3,2}", 2), ("a{1001}", 6), ("{", 1), ("[a", 1), ("[]", 1), ("[^]", 1), ("[z-a]", 2),
            ("[a-\\d]", 2), ("[\\d-z]", 2), ("[a[b]]", 3), ("[a&&b]", 3), ("[a--b]", 3), ("[a-[b]]", 4), ("a\\", 2),
            (#"(a)\1"#, 4), (#"\bx"#, 1), (#"\p{L}"#, 1), (#"\Qx\E"#, 1), ("(?=a)", 2), ("(?<n>a)", 2), ("(?i)a", 2),
            ("a^", 2), ("a$b", 2), ("(^a)", 2), ("(a$)", 3),
        ])
    func refusal(pattern: String, position: Int) {
        do throws(TextPattern.Fault) {
            _ = try TextPattern(pattern)
            Issue.record("it was accepted")
        } catch {
            #expect(error.position == position, "\(error)")
            #expect(!error.message.isEmpty && !error.suggestion.isEmpty)
        }
    }

    @Test(
        "What would be too large is refused before it is written out",
        arguments: [
            "a{1000}{1000}", "(a{1000}){5}", "((((((){1000}){1000}){1000}){1000}){1000}){1000}",
            "((((((a{0}){1000}){1000}){1000}){1000}){1000}){1000}", "((((a?){1000}){1000}){1000}){1000}",
            String(repeating: "(", count: 65) + String(repeating: ")", count: 65), String(repeating: "a", count: 4_097),
            String(repeating: "(", count: 60) + "a" + String(repeating: "{1,2})", count: 60),
        ])
    func size(pattern: String) {
        #expect(throws: TextPattern.Fault.self) { _ = try TextPattern(pattern) }
    }

    @Test(
        "The longest hostile value costs no more steps than its length times the size of the pattern",
        arguments: [
            "([a-z0-9]+-?)+", "(a+)+", "(a|a)*", "(a|aa)+", "(.*a){12}", "(a?){500}a{500}", "((a*)*)*", "(a*)*(a*)*b",
        ])
    func linearTime(pattern: String) throws {
        let pattern = try TextPattern(pattern)
        // An engine that tries one way after another does not come to an end with any of these.
        let text = String(repeating: "a", count: ParameterConversion.longest - 1) + "!"
        #expect(!pattern.matches(text))
    }
}
