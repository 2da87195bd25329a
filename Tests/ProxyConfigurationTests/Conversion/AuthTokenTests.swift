import Testing

@testable import ProxyConfiguration

@Suite struct AuthTokenTests {
    private func check(_ text: String) -> (token: String?, problems: [ConfigurationProblem]) {
        var context = ConversionContext(source: "c", format: .json)
        let token = AuthToken.check(text, at: .start, ConfigurationPath("authTokens"), &context)
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
}
