import Testing

@testable import MCPCore

@Suite struct ToolHeaderMarksArgumentsTests {
    private let marked: ToolHeaderMarks

    init() throws {
        let schema = """
            {"properties":{"s":{"type":"string","x-mcp-header":"Text"},"i":{"type":"integer","x-mcp-header":"Count"},
             "o":{"properties":{"b":{"type":"boolean","x-mcp-header":"Flag"}}}}}
            """
        marked = try #require(try marks(schema))
    }

    private func headers(_ arguments: String) throws -> [String] {
        try marked.headers(arguments: view(arguments)).map { "\($0.name): \($0.value)" }
    }

    private func mismatch(_ arguments: String, _ received: [String: [String]]) throws -> String? {
        try marked.mismatch(arguments: view(arguments)) { received[$0] ?? [] }
    }

    // MARK: Writing

    @Test("Each argument that has a value gets its header, in the order of the schema")
    func written() throws {
        #expect(
            try headers(#"{"o":{"b":true},"i":-7,"s":"us-west1","more":1}"#)
                == ["Mcp-Param-Text: us-west1", "Mcp-Param-Count: -7", "Mcp-Param-Flag: true"])
        #expect(try headers(#"{"o":{"b":false}}"#) == ["Mcp-Param-Flag: false"])
    }

    @Test("Arguments without a value get none")
    func omitted() throws {
        #expect(try marked.headers(arguments: nil).isEmpty)
        for arguments in ["{}", "null", "[]", #"{"s":null,"i":null,"o":null}"#, #"{"o":{"b":null}}"#, #"{"o":5}"#] {
            #expect(try headers(arguments).isEmpty, "\(arguments)")
        }
    }

    @Test("Strings are encoded where a header cannot hold them")
    func encoded() throws {
        #expect(try headers(#"{"s":"Hello, \u4e16界"}"#) == ["Mcp-Param-Text: =?base64?SGVsbG8sIOS4lueVjA==?="])
        #expect(try headers(#"{"s":"a\r\nMcp-Name: x"}"#) == ["Mcp-Param-Text: =?base64?YQ0KTWNwLU5hbWU6IHg=?="])
        #expect(try headers(#"{"s":""}"#) == ["Mcp-Param-Text: "])
    }

    @Test(
        "Integers are written in plain decimal",
        arguments: [
            ("42", "42"), ("42.0", "42"), ("4.2e1", "42"), ("-0", "0"), ("9007199254740991", "9007199254740991"),
            ("-9007199254740991", "-9007199254740991"),
        ])
    func integers(written: String, value: String) throws {
        #expect(try headers(#"{"i":\#(written)}"#) == ["Mcp-Param-Count: \(value)"])
    }

    @Test(
        "A value that its header cannot carry is an error that names the header",
        arguments: [
            (#"{"s":1}"#, "Text"), (#"{"s":true}"#, "Text"), (#"{"s":{}}"#, "Text"), (#"{"s":["x"]}"#, "Text"),
            (#"{"i":"42"}"#, "Count"), (#"{"i":42.5}"#, "Count"), (#"{"i":9007199254740992}"#, "Count"),
            (#"{"i":-9007199254740992}"#, "Count"), (#"{"i":1e400}"#, "Count"), (#"{"i":true}"#, "Count"),
            (#"{"o":{"b":"true"}}"#, "Flag"), (#"{"o":{"b":1}}"#, "Flag"),
        ])
    func unfit(arguments: String, header: String) throws {
        let arguments = try view(arguments)
        do throws(ToolMarkError) {
            _ = try marked.headers(arguments: arguments)
            Issue.record("no error")
        } catch {
            #expect(error.code == .invalidArgument)
            #expect(error.reason.contains("Mcp-Param-\(header) "))
        }
    }

    // MARK: Comparing

    @Test("Headers that say what the arguments say agree")
    func agree() throws {
        let received = ["mcp-param-text": ["a"], "mcp-param-count": ["42"], "mcp-param-flag": ["true"]]
        #expect(try mismatch(#"{"s":"a","i":42,"o":{"b":true}}"#, received) == nil)
        #expect(try mismatch(#"{"s":"a"}"#, ["mcp-param-text": [" =?base64?YQ==?= "]]) == nil)
        #expect(try mismatch(#"{"s":""}"#, ["mcp-param-text": [""]]) == nil)
        #expect(try mismatch("{}", [:]) == nil)
        #expect(try mismatch(#"{"s":null,"o":{"b":null}}"#, [:]) == nil)
        #expect(marked.mismatch(arguments: nil) { _ in [] } == nil)
        #expect(try mismatch("{}", ["mcp-param-other": ["x"]]) == nil, "what is not recognised is ignored")
    }

    @Test("A header that is missing, surplus or there twice is named")
    func presence() throws {
        #expect(
            try mismatch(#"{"s":"a"}"#, [:]) == "Mcp-Param-Text: the header is missing, but the argument has a value")
        #expect(try mismatch(#"{"s":""}"#, [:])?.contains("is missing") == true)
        for arguments in ["{}", #"{"s":null}"#, "null", #"{"o":{"s":"a"}}"#] {
            #expect(
                try mismatch(arguments, ["mcp-param-text": ["a"]])
                    == "Mcp-Param-Text: the header is there, but the argument has no value")
        }
        for arguments in ["{}", #"{"s":"a"}"#] {
            #expect(
                try mismatch(arguments, ["mcp-param-text": ["a", "a"]])
                    == "Mcp-Param-Text: the header comes more than once")
        }
    }

    @Test(
        "A value that cannot be decoded is refused, and not repeated",
        arguments: ["=?base64?YQ?=", "=?base64?!!!!?=", "é", "a\u{7F}"])
    func undecodable(value: String) throws {
        #expect(
            try mismatch(#"{"s":"a"}"#, ["mcp-param-text": [value]])
                == "Mcp-Param-Text: the value of the header cannot be decoded")
    }

    @Test(
        "Strings are compared byte by byte",
        arguments: [
            (#""a""#, "A"), (#""a""#, "ab"), (#""42""#, "42.0"), (#""e\u0301""#, "=?base64?w6k=?="), (#""""#, "a"),
            (#""x-mcp""#, "=?base64?eC1NQ1A=?="),
        ])
    func strings(argument: String, header: String) throws {
        #expect(
            try mismatch(#"{"s":\#(argument)}"#, ["mcp-param-text": [header]])
                == "Mcp-Param-Text: the header differs from the argument")
    }

    @Test(
        "Integers are compared as numbers",
        arguments: [
            ("42", "42.0", true), ("42.0", "42", true), ("4.2e1", "42", true), ("42", "42", true), ("0", "-0", true),
            ("9007199254740993", "9007199254740993", true), ("9007199254740993", "9007199254740992", false),
            ("42", "43", false), ("42", "-42", false), ("42", "042", false), ("42", "+42", false),
            ("42", "0x2A", false),
            ("42", "", false), ("42", "42 43", false), ("42", "forty-two", false), ("42.5", "42.5", true),
            ("42.5", "42", false), ("1e99999999999", "1e99999999999", true), ("1", "true", false),
        ])
    func integers(argument: String, header: String, agrees: Bool) throws {
        let problem = try mismatch(#"{"i":\#(argument)}"#, ["mcp-param-count": [header]])
        #expect(problem == (agrees ? nil : "Mcp-Param-Count: the header differs from the argument"))
    }

    @Test(
        "Booleans are compared exactly",
        arguments: [("true", "true", true), ("false", "false", true), ("true", "True", false), ("true", "1", false)])
    func booleans(argument: String, header: String, agrees: Bool) throws {
        let problem = try mismatch(#"{"o":{"b":\#(argument)}}"#, ["mcp-param-flag": [header]])
        #expect(problem == (agrees ? nil : "Mcp-Param-Flag: the header differs from the argument"))
    }

    @Test("An argument of another type must agree in its own form, for the upstream may convert it")
    func otherTypes() throws {
        #expect(try mismatch(#"{"i":"42"}"#, ["mcp-param-count": ["42"]]) == nil)
        #expect(try mismatch(#"{"i":"42"}"#, ["mcp-param-count": ["42.0"]])?.contains("differs") == true)
        #expect(try mismatch(#"{"i":"42"}"#, [:])?.contains("is missing") == true)
        #expect(try mismatch(#"{"s":42}"#, ["mcp-param-text": ["42"]]) == nil)
        #expect(try mismatch(#"{"s":42}"#, ["mcp-param-text": ["42.0"]])?.contains("differs") == true)
        #expect(try mismatch(#"{"s":true}"#, ["mcp-param-text": ["true"]]) == nil)
    }

    @Test("A list or an object has no form that a header could agree with")
    func composite() throws {
        for argument in ["[]", #"["a"]"#, "{}", #"{"a":1}"#] {
            for received in [[:], ["mcp-param-text": ["a"]], ["mcp-param-text": [argument]]] {
                #expect(
                    try mismatch(#"{"s":\#(argument)}"#, received)
                        == "Mcp-Param-Text: the argument must be of type string")
            }
        }
    }

    @Test("Headers that are written for some arguments agree with them")
    func roundTrip() throws {
        for arguments in [#"{"s":" \u00e9","i":4.20e1,"o":{"b":false}}"#, #"{"s":"=?base64?x?="}"#, "{}"] {
            let arguments = try view(arguments)
            let sent = try marked.headers(arguments: arguments)
            let problem = marked.mismatch(arguments: arguments) { name in
                sent.filter { $0.name.lowercased() == name }.map(\.value)
            }
            #expect(problem == nil)
        }
    }
}
