import Testing

@testable import ProxyConfiguration

@Suite struct YAMLNumberTests {
    @Test(
        "What YAML 1.1 takes for a number is one",
        arguments: [
            "0", "12", "-12", "+1_000", "0b101", "0o17", "017", "0x1F", "-0x1f", "190:20:30", "1.", "1.5", "-1.5e3",
            "1e9",
            "1E-9", ".5", ".5e+3", "09", "0:30.5", "12:30.", ".inf", "-.Inf", "+.INF", ".nan", ".NaN", ".NAN",
        ])
    func numbers(text: String) {
        #expect(YAMLNumber.isOne(text))
    }

    @Test(
        "Everything else is a text",
        arguments: [
            "", "-", "+", ".", "-.5", ".5e3", "1e", "1e+", "0b", "0b2", "0x", "0xg", "0o", "0o8", "1:", "1:60", "1:2:",
            "1:023", "0:30", "1:2e3", "1 ", " 1", "_1", "--1", "1.2.3", "10.0.0.1", ":9090", "30s", "1e3x", "-.nan",
            ".InF",
            "2024-01-01", "\u{661}", "1\u{301}",
        ])
    func texts(text: String) {
        #expect(!YAMLNumber.isOne(text))
    }
}
