import Testing

@testable import ProxyConfiguration

@Suite struct BooleanTextTests {
    @Test(
        "Truth values may come as text",
        arguments: [
            ("true", true), ("TRUE", true), ("yes", true), ("On", true), ("1", true), ("false", false), ("no", false),
            ("off", false), ("0", false),
        ])
    func reads(text: String, value: Bool) {
        #expect(BooleanText.parse(text) == value)
    }

    @Test("Other texts are no truth values", arguments: ["", "t", "2", "truee", " true"])
    func refuses(text: String) {
        #expect(BooleanText.parse(text) == nil)
    }
}
