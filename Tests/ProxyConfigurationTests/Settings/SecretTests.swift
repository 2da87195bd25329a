import Testing

@testable import ProxyConfiguration

@Suite struct SecretTests {
    @Test("A secret is never part of a printed text")
    func printsAsStars() {
        let secret = Secret("canary-5d1f")
        var dumped = ""
        dump([secret], to: &dumped)
        dump(HeaderField(name: "Authorization", value: secret), to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
            #expect(!text.contains("canary"))
        }
        #expect("\(secret)" == "***")
        #expect(String(reflecting: secret) == "***")
    }

    @Test("The text comes back only from reveal")
    func reveals() {
        #expect(Secret("canary").reveal() == "canary")
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
        #expect(Set([Secret("a"), Secret("a")]).count == 1)
        // Another spelling of a word is another password.
        #expect(Secret("caf\u{E9}") != Secret("cafe\u{301}") && Set([Secret("K"), Secret("\u{212A}")]).count == 2)
    }
}
