import Testing

@testable import ProxyConfiguration

@Suite struct CommandTemplateExpansionTests {
    private let template: CommandTemplate

    init() throws {
        template = CommandTemplate(
            command: "uvx",
            arguments: [
                .literal("server"), .parameter(name: "mode", prefix: ""), .parameter(name: "depth", prefix: "--depth="),
                .literal("--"), .parameter(name: "query", prefix: ""),
            ],
            environment: ["TOKEN": .literal("t"), "VERBOSE": .parameter(name: "verbose", prefix: "")],
            workingDirectory: "/srv",
            parameters: [
                "mode": try TemplateParameter(
                    .string, pattern: TextPattern("[-a-z]+"), maxLength: 5, defaultValue: "fast"),
                "depth": TemplateParameter(.integer, minimum: 1, maximum: 9, isRequired: false),
                "query": TemplateParameter(.string), "verbose": TemplateParameter(.boolean, isRequired: false),
            ])
    }

    private func values(_ members: String) throws -> [String: ConfigurationNode] {
        let node = try JSONDocumentReader.read(Array("{\(members)}".utf8))
        return Dictionary(uniqueKeysWithValues: (node.members ?? []).map { ($0.name, $0.value) })
    }

    private func problems(_ members: String, of template: CommandTemplate? = nil) throws -> [ConfigurationProblem] {
        let values = try values(members)
        do throws(ConfigurationError) {
            _ = try (template ?? self.template).expand(values)
            return []
        } catch {
            return error.problems
        }
    }

    /// The problems of one value of one parameter.
    private func refusals(_ value: String, _ parameter: TemplateParameter) throws -> [ConfigurationProblem] {
        let template = CommandTemplate(
            command: "a", arguments: [.parameter(name: "p", prefix: "--p=")], parameters: ["p": parameter])
        return try problems("\"p\": \(value)", of: template)
    }

    @Test("Values stand where the template has their parameters")
    func complete() throws {
        let transport = try template.expand(
            values(#""mode": "slow", "depth": 3, "query": "-rf / {mode} $HOME", "verbose": true"#))
        #expect(
            transport
                == .stdio(
                    command: "uvx", arguments: ["server", "slow", "--depth=3", "--", "-rf / {mode} $HOME"],
                    environment: ["TOKEN": Secret("t"), "VERBOSE": Secret("true")], workingDirectory: "/srv"))
    }

    @Test("What may be left out is left out with its option, or has its default")
    func leftOut() throws {
        #expect(
            try template.expand(values(#""query": """#))
                == .stdio(
                    command: "uvx", arguments: ["server", "fast", "--", ""], environment: ["TOKEN": Secret("t")],
                    workingDirectory: "/srv"))
    }

    @Test("A parameter that is missing and one that is unknown are refused")
    func missingAndUnknown() throws {
        let found = try problems(#""quary": "x""#)
        #expect(found.map(\.keyPath).sorted() == ["parameters.quary", "parameters.query"])
        #expect(found.contains { $0.suggestion == #"Did you mean "query"?"# })
        #expect(found.contains { $0.message == "the parameter is missing" })
    }

    @Test("A value that stands alone before -- may not begin with -", arguments: ["-c", "--", "-"])
    func options(value: String) throws {
        let found = try problems("\"mode\": \"\(value)\", \"query\": \"\(value)\"")
        #expect(found.map(\.keyPath) == ["parameters.mode"])
        #expect(found.first?.message.contains("begins with -") == true)
    }

    @Test("A value begins with - also where the next character is combined with that")
    func combinedOption() throws {
        let alone = CommandTemplate(
            command: "a", arguments: [.parameter(name: "p", prefix: "")], parameters: ["p": TemplateParameter(.string)])
        for value in ["-\u{301}x", "-\u{200D}e", "--\u{338}"] {
            let found = try problems("\"p\": \"\(value)\"", of: alone)
            #expect(found.first?.message.contains("begins with -") == true)
        }
    }

    @Test("A value is one of those to choose from only in the same spelling")
    func spelledChoice() throws {
        let parameter = TemplateParameter(.string, choices: ["caf\u{E9}"])
        #expect(try refusals("\"caf\u{E9}\"", parameter).isEmpty)
        #expect(try refusals("\"cafe\u{301}\"", parameter).count == 1)
    }

    @Test("A negative number that stands alone is refused as well, and one after an option is not")
    func negativeNumber() throws {
        let parameters = ["n": TemplateParameter(.integer)]
        let alone = CommandTemplate(
            command: "a", arguments: [.parameter(name: "n", prefix: "")], parameters: parameters)
        #expect(try problems(#""n": -1"#, of: alone).map(\.keyPath) == ["parameters.n"])
        let option = CommandTemplate(
            command: "a", arguments: [.parameter(name: "n", prefix: "--n=")], parameters: parameters)
        #expect(try problems(#""n": -1"#, of: option).isEmpty)
    }

    @Test(
        "A value of another type is refused",
        arguments: [
            ("1", TemplateParameter.Kind.string), ("true", .string), ("null", .string), (#"["a"]"#, .string),
            (#"{"a": 1}"#, .string), (#""1""#, .integer), ("1.0", .integer), ("1e3", .integer), ("true", .integer),
            ("99999999999999999999", .integer), ("null", .integer), ("1", .boolean), (#""true""#, .boolean),
            ("null", .boolean),
        ])
    func types(value: String, kind: TemplateParameter.Kind) throws {
        #expect(try refusals(value, TemplateParameter(kind)).map(\.keyPath) == ["parameters.p"])
    }

    @Test("A text is at most as long as the parameter says, counted in Unicode scalars")
    func length() throws {
        let parameter = TemplateParameter(.string, maxLength: 3)
        #expect(try refusals(#""äöü""#, parameter).isEmpty)
        #expect(try refusals(#""abcd""#, parameter).first?.message == "the text has more than 3 characters")
        #expect(try refusals(#""e\u0301e\u0301""#, parameter).count == 1)
    }

    @Test(
        "A text with a control character is refused",
        arguments: [#"\u0000"#, #"\n"#, #"\r"#, #"\u001b"#, #"\u007f"#, #"\u0085"#])
    func controlCharacters(character: String) throws {
        let found = try refusals("\"a\(character)b\"", TemplateParameter(.string, pattern: TextPattern(".*")))
        #expect(found.first?.message.contains("control character") == true)
    }

    @Test(
        "A pattern has to match the whole text, letter by letter",
        arguments: [
            ("main", true), ("xmainx", false), ("main ", false), ("mainmain", false), ("", false), ("MAIN", false),
            (#"mai\u006e\u0301"#, false),
        ])
    func pattern(text: String, isAccepted: Bool) throws {
        let found = try refusals("\"\(text)\"", TemplateParameter(.string, pattern: TextPattern("main|dev")))
        #expect(found.isEmpty == isAccepted)
        #expect(found.allSatisfy { $0.suggestion == #"Write one that matches "main|dev" as a whole"# })
    }

    @Test(
        "A number out of range is refused, and the bound is said",
        arguments: [("0", false), ("1", true), ("9", true), ("10", false)])
    func range(number: String, isAccepted: Bool) throws {
        let found = try refusals(number, TemplateParameter(.integer, minimum: 1, maximum: 9))
        #expect(found.isEmpty == isAccepted)
        #expect(found.allSatisfy { $0.suggestion == "Write at least 1. Write at most 9" })
    }

    @Test("A value that is none of the choices is refused, and they are named")
    func choices() throws {
        let parameter = TemplateParameter(.string, choices: ["eu", "us"])
        #expect(try refusals(#""eu""#, parameter).isEmpty)
        #expect(try refusals(#""EU""#, parameter).map(\.suggestion) == [#"Write one of "eu", "us""#])
        #expect(try refusals("3", TemplateParameter(.integer, choices: ["1", "2"])).count == 1)
    }

    @Test("All refusals come at once, and none shows a value")
    func allAtOnce() throws {
        let found = try problems(#""mode": "canary canary", "depth": "canary", "verbose": "canary", "canary": 1"#)
        #expect(found.count == 5)
        #expect(!found.contains { $0.message.contains("canary") || $0.suggestion?.contains("canary") == true })
    }
}
