import Testing

@testable import ProxyConfiguration

@Suite struct AuthTokenTests {
    private func check(_ text: String, holdsFile: Bool = false) -> (token: String?, problems: [ConfigurationProblem]) {
        var context = ConversionContext(source: "c", format: .json)
        let token = AuthToken.check(
            text, holdsFile: holdsFile, at: .start, ConfigurationPath("authTokens"), &context)
        return (token, context.problems)
    }

    @Test(
        "The word Bearer and white space around a token are dropped",
        arguments: ["0123456789abcdef", "Bearer 0123456789abcdef", " Bearer  0123456789abcdef "])
    func strips(text: String) {
        let result = check(text)
        #expect(result.token == "0123456789abcdef")
        #expect(result.problems.isEmpty)
    }

    @Test("An empty token is refused", arguments: ["", " ", "Bearer", "Bearer ", "Bearer  "])
    func empty(text: String) {
        #expect(check(text).token == nil)
        #expect(check(text).problems.map(\.severity) == [.error])
    }

    @Test(
        "A token that cannot stand in a header is refused and not shown",
        arguments: ["canary canary canary", "canary\ncanarycanary", "canäry-0123456789", "canary\u{0}0123456789"])
    func unusable(text: String) {
        let result = check(text)
        #expect(result.token == nil)
        #expect(result.problems.map(\.severity) == [.error])
        #expect(!"\(result.problems)".contains("can" + "ary"))
    }

    @Test("A short token is a warning, a long enough one is not")
    func short() {
        #expect(check("0123456789abcde").problems.map(\.severity) == [.warning])
        #expect(check("0123456789abcde").token == "0123456789abcde")
        #expect(check("0123456789abcdef").problems.isEmpty)
    }

    @Test("The tokens of the documentation are a warning", arguments: AuthToken.examples.sorted())
    func examples(token: String) {
        let result = check(token)
        #expect(result.token == token)
        #expect(result.problems.map(\.severity) == [.warning])
        #expect(result.problems.first?.message.contains("documentation") == true)
    }

    @Test(
        "A path or an address of a file is told to be the token itself, and how the file is read",
        arguments: [
            "/run/secrets/canary", "/run/secrets/Canary_TOKEN", "file:/run/secrets/canary", "File:///canary",
            "./canary",
            "../secrets/canary.txt", "~/.canary", "/canary",
        ])
    func path(text: String) throws {
        let result = check(text)
        #expect(result.token == text)
        let problem = try #require(result.problems.first)
        #expect(result.problems.count == 1 && problem.severity == .warning)
        #expect(problem.message.contains("path of a file"))
        #expect(problem.suggestion?.contains("${file:/path}") == true)
        #expect(problem.suggestion?.contains("tokensFile") == true)
        #expect(!"\(result.problems)".lowercased().contains("can" + "ary"))
    }

    @Test(
        "A token in Base64 or with a point is no path",
        arguments: ["/9j4AAQSkZJRgABAQEAYABg", "/abc+def/0123456789=", "abc/def/0123456789", "run/secrets/0123456789"])
    func noPath(text: String) {
        #expect(check(text).problems.isEmpty)
    }

    @Test("Several lines of a file in the place of one token are refused, and tokensFile is named")
    func lines() {
        let result = check("canary-0123456789\ncanary-9876543210", holdsFile: true)
        #expect(result.token == nil)
        #expect(result.problems.map(\.severity) == [.error])
        #expect(result.problems.first?.message.contains("several lines") == true)
        #expect(result.problems.first?.suggestion?.contains("tokensFile") == true)
        #expect(!"\(result.problems)".contains("can" + "ary"))
        #expect(check("0123456789abcdef\n\n", holdsFile: true).problems.isEmpty)
    }
}
