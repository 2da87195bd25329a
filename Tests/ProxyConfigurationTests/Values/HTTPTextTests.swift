import Testing

@testable import ProxyConfiguration

@Suite struct HTTPTextTests {
    @Test("Tokens are letters, digits and some signs")
    func tokens() {
        #expect(HTTPText.isToken("X-API_Key!#$%&'*+.^`|~1"))
        for text in ["", "a b", "a:", "ä", "a\r", "(a)", "a/b"] { #expect(!HTTPText.isToken(text)) }
    }

    @Test("Values hold no line break, NUL or other control character but the tab")
    func values() {
        for text in ["", "a b", "a\tb", "ä"] { #expect(HTTPText.isFieldValue(text)) }
        for text in ["a\n", "a\r\nX: y", "a\u{0}", "\u{7F}", "\u{1B}"] { #expect(!HTTPText.isFieldValue(text)) }
    }

    @Test("Schemes begin with a letter")
    func schemes() {
        #expect(HTTPText.isScheme("https") && HTTPText.isScheme("vscode-webview") && HTTPText.isScheme("a1+."))
        #expect(!HTTPText.isScheme("") && !HTTPText.isScheme("1a") && !HTTPText.isScheme("a b"))
    }
}
