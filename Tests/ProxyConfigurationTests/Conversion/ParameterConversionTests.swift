import Testing

@testable import ProxyConfiguration

@Suite struct ParameterConversionTests {
    private func document(_ members: String) -> String {
        templateDocument("\"command\": \"a\", \"args\": [\"--b={b}\"], \"parameters\": {\"b\": {\(members)}}")
    }

    private func parameter(_ members: String) throws -> TemplateParameter? {
        try load(document(members)).settings.management.templates["git"]?.parameters["b"]
    }

    private func keys(_ members: String) -> [String] {
        errors(document(members)).map { $0.keyPath.split(separator: ".").last.map(String.init) ?? "" }
    }

    @Test("Every key is read")
    func allKeys() throws {
        #expect(
            try parameter(
                #""type": "string", "pattern": "[a-z]+$", "maxLength": 8, "enum": ["abc", "x"], "default": "x", "description": "d""#
            )
                == TemplateParameter(
                    .string, pattern: TextPattern("[a-z]+$"), maxLength: 8, choices: ["abc", "x"], defaultValue: "x",
                    isRequired: false,
                    description: "d"))
        #expect(
            try parameter(#""type": "integer", "minimum": -1, "maximum": 9, "enum": [1, 2], "required": false"#)
                == TemplateParameter(.integer, minimum: -1, maximum: 9, choices: ["1", "2"], isRequired: false))
        #expect(
            try parameter(#""type": "boolean", "default": false"#) == TemplateParameter(.boolean, defaultValue: "false")
        )
    }

    @Test("A parameter is required unless it has a default or says otherwise")
    func required() throws {
        #expect(try parameter(#""type": "string""#)?.isRequired == true)
        #expect(try parameter(#""type": "string", "default": """#)?.isRequired == false)
        #expect(try parameter(#""type": "string", "required": false"#)?.isRequired == false)
        #expect(try parameter(#""type": "string", "required": true, "default": "x""#)?.isRequired == true)
        #expect(warnings(document(#""type": "string", "required": true, "default": "x""#)).count == 1)
    }

    @Test("The type has to be said and known")
    func type() {
        #expect(keys("") == ["type"])
        #expect(keys(#""type": "strng""#) == ["type"])
    }

    @Test("A pattern that cannot be read is refused", arguments: ["(", "[z-a]", "a{3,2}", "(?<=a)b", "(?R)", #"\\1"#])
    func badPattern(pattern: String) {
        #expect(keys("\"type\": \"string\", \"pattern\": \"\(pattern)\"") == ["pattern"])
    }

    @Test(
        "A bound for another type of value is refused, since it would check nothing",
        arguments: [
            ("string", #""minimum": 1"#), ("string", #""maximum": 1"#), ("integer", #""pattern": "a""#),
            ("integer", #""maxLength": 1"#), ("boolean", #""enum": [true]"#), ("boolean", #""pattern": "a""#),
            ("boolean", #""minimum": 1"#),
        ])
    func unfit(type: String, member: String) {
        let found = errors(document("\"type\": \"\(type)\", \(member)"))
        #expect(found.count == 1)
        #expect(found.first?.message.contains("no meaning for a parameter of type \(type)") == true)
    }

    @Test(
        "Values of the operator are checked like those of callers",
        arguments: [
            (#""type": "string", "maxLength": 1, "default": "ab""#, "default"),
            (#""type": "string", "pattern": "a", "enum": ["b"]"#, "enum[0]"),
            (#""type": "string", "enum": ["a"], "default": "b""#, "default"),
            (#""type": "integer", "minimum": 3, "default": 2"#, "default"),
            (#""type": "integer", "default": "x""#, "default"), (#""type": "boolean", "default": 1"#, "default"),
            (#""type": "integer", "enum": []"#, "enum"), (#""type": "integer", "enum": 1"#, "enum"),
            (#""type": "integer", "minimum": 2, "maximum": 1"#, "minimum"),
            (#""type": "string", "maxLength": 0"#, "maxLength"), (#""type": "string", "maxLength": 8193"#, "maxLength"),
        ])
    func ownValues(members: String, key: String) {
        #expect(keys(members) == [key])
    }

    @Test("The name of a parameter is plain", arguments: ["", "1a", "a b", "a{"])
    func names(name: String) {
        let found = errors(
            templateDocument("\"command\": \"a\", \"parameters\": {\"\(name)\": {\"type\": \"string\"}}"))
        #expect(found.count == 1)
        #expect(found.first?.message.contains("name of the parameter") == true)
    }

    @Test("A variable of the environment may stand for a number or a truth value")
    func variables() throws {
        let loaded = try load(
            templateDocument(
                #""command": "a", "args": ["{n}", "{f}"], "parameters": {"n": {"type": "integer", "default": "$N"}, "f": {"type": "boolean", "default": "$F"}}"#
            ), environment: ["N": "7", "F": "yes"])
        let parameters = loaded.settings.management.templates["git"]?.parameters
        #expect(parameters?["n"]?.defaultValue == "7" && parameters?["f"]?.defaultValue == "true")
    }

    @Test("No message shows a value of the file")
    func hidesValues() {
        let found = errors(
            document(
                #""type": "string", "pattern": "canary[a-z]", "enum": ["canary1", "canary2"], "default": "canary3""#))
        #expect(found.count == 3)
        #expect(!"\(found)".contains("canary"))
    }
}
