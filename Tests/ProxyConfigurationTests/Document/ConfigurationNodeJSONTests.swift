import Testing

@testable import ProxyConfiguration

@Suite struct ConfigurationNodeJSONTests {
    private func json(_ text: String) throws -> String {
        String(decoding: try JSONDocumentReader.read(Array(text.utf8)).json(), as: UTF8.self)
    }

    @Test(
        "A value is written as it was read, without blanks and comments",
        arguments: [
            ("null", "null"), (" true ", "true"), ("false", "false"), ("-1.50e+3", "-1.50e+3"), ("[ ]", "[]"),
            ("{ }", "{}"),
            (#"[1, "a", [null,], ]"#, #"[1,"a",[null]]"#),
            (#"{"b": {"a": 1}, /* c */ "a": "ä😀"}"#, #"{"b":{"a":1},"a":"ä😀"}"#),
            (#""\"\\\/\n\u0001\u001f\u007f""#, "\"\\\"\\\\/\\u000a\\u0001\\u001f\u{7F}\""),
            (#"{"\"": "é"}"#, #"{"\"":"é"}"#),
        ])
    func written(text: String, expected: String) throws {
        #expect(try json(text) == expected)
        #expect(try json(expected) == expected)
    }

    @Test(
        "A number that only YAML can write is refused at its place",
        arguments: ["0x1F", ".5", "+1", "1_000", ".inf", "017"])
    func numbers(number: String) throws {
        let position = SourcePosition(line: 2, column: 3)
        let node = ConfigurationNode(.array([ConfigurationNode(.number(number), at: position)]), at: .start)
        let error = try #require(throws: DocumentSyntaxError.self) { try node.json() }
        #expect(error.position == position && error.suggestion != nil)
    }
}
