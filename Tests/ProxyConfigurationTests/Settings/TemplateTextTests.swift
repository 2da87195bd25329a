import Testing

@testable import ProxyConfiguration

@Suite struct TemplateTextTests {
    @Test(
        "An argument is a text, a parameter, or a parameter after an option",
        arguments: [
            ("plain", TemplateText.literal("plain")), ("", .literal("")), ("{a}", .parameter(name: "a", prefix: "")),
            ("--depth={max-depth}", .parameter(name: "max-depth", prefix: "--depth=")),
            ("--a.b_c-d={_1}", .parameter(name: "_1", prefix: "--a.b_c-d=")),
            (#"{{"a": {{}}}}"#, .literal(#"{"a": {}}"#)), ("{{a}}", .literal("{a}")),
        ])
    func arguments(text: String, expected: TemplateText) throws {
        #expect(try TemplateText(text, isArgument: true) == expected)
    }

    @Test(
        "A parameter is never put into the middle of an argument",
        arguments: [
            "a{b}", "{b}a", "{a}{b}", " {a}", "-d={a}", "--={a}", "d={a}", "--d={a}x", "--d={a}{b}", "--a=b={c}",
            "--a b={c}", "{{{a}", "{a}}}",
        ])
    func partOfText(text: String) {
        #expect(throws: TemplateText.Fault.partOfText) { try TemplateText(text, isArgument: true) }
    }

    @Test("In the environment a parameter is the whole value")
    func environment() throws {
        #expect(try TemplateText("{a}", isArgument: false) == .parameter(name: "a", prefix: ""))
        #expect(throws: TemplateText.Fault.partOfText) { try TemplateText("--a={b}", isArgument: false) }
    }

    @Test(
        "A brace that is neither doubled nor part of a placeholder is refused",
        arguments: ["{", "}", "a}", "{a", "{}", "{a b}", "{1a}", "{-a}", "{{a}", "{a}}", "{ä}"])
    func looseBrace(text: String) {
        #expect(throws: TemplateText.Fault.looseBrace) { try TemplateText(text, isArgument: true) }
    }

    @Test("A name of more than 64 characters is none")
    func longName() {
        #expect(TemplateText.isName(String(repeating: "a", count: 64)))
        #expect(!TemplateText.isName(String(repeating: "a", count: 65)))
        #expect(!TemplateText.isName(""))
    }
}
