import Testing

@testable import ProxyConfiguration

@Suite struct YAMLDocumentReaderTests {
    private func read(_ text: String) throws(DocumentSyntaxError) -> ConfigurationNode {
        try YAMLDocumentReader.read(Array(text.utf8))
    }

    private func fault(_ text: String) -> DocumentSyntaxError? {
        do throws(DocumentSyntaxError) {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    @Test("Values keep their places")
    func places() throws {
        let node = try read("a: 1\nb:\n  - x\n  - {c: d}\n")
        #expect(
            node["b"]?.value
                == .array([
                    ConfigurationNode(.string("x"), at: SourcePosition(line: 3, column: 5)),
                    ConfigurationNode(
                        .object([
                            .init(
                                name: "c", position: SourcePosition(line: 4, column: 6),
                                value: ConfigurationNode(.string("d"), at: SourcePosition(line: 4, column: 9)))
                        ]), at: SourcePosition(line: 4, column: 5)),
                ]))
    }

    @Test(
        "Plain scalars are resolved by the rules of YAML 1.1, quoted ones are texts",
        arguments: [
            ("yes", ConfigurationNode.Value.bool(true)), ("On", .bool(true)), ("TRUE", .bool(true)),
            ("no", .bool(false)),
            ("off", .bool(false)), ("'yes'", .string("yes")), ("~", .null), ("null", .null), ("''", .string("")),
            ("12", .number("12")), ("1.50", .number("1.50")), ("\"12\"", .string("12")), ("!!str 12", .string("12")),
            ("|\n  12", .string("12")), ("!!int '12'", .number("12")), ("!!bool 'no'", .bool(false)),
            ("!!null ''", .null), ("!own yes", .string("yes")), ("<<", .string("<<")),
            ("30s", .string("30s")), ("2024-01-01", .string("2024-01-01")), ("=", .string("=")),
            (":9090", .string(":9090")),
        ])
    func scalars(text: String, value: ConfigurationNode.Value) throws {
        #expect(try read("a: \(text)")["a"]?.value == value)
    }

    @Test("Anchors, aliases and merge keys work, and what is written wins over what is merged")
    func aliases() throws {
        let node = try read(
            """
            x-common: &common {logEnabled: yes, panicIfInvalid: no}
            a: *common
            b: {<<: *common, logEnabled: no}
            c: {<<: [{z: 1}, *common]}
            """)
        #expect(node["a"]?["logEnabled"]?.value == .bool(true))
        #expect(node["b"]?["logEnabled"]?.value == .bool(false))
        #expect(node["b"]?["panicIfInvalid"]?.value == .bool(false))
        #expect(node["c"]?["z"]?.value == .number("1"))
        #expect(node["c"]?["logEnabled"]?.value == .bool(true))
    }

    @Test(
        "Text that breaks the grammar is refused, with the place",
        arguments: [
            ("", "1:1", "empty"), ("# only\n", "1:1", "empty"), ("a: [1, 2", "2:1", ""),
            ("a: 1\n\tb: 2", "2:1", ""), ("a: *x", "1:4", "alias"), ("--- 1\n--- 2\n", "2:1", "another document"),
            ("<<: 1", "1:1", "mapping"), ("[1]: 2", "1:1", "key"), ("a: !!int x", "1:4", "tag"),
            ("a: &x 1\n*x : 2\n", "2:1", "key"),
        ])
    func refusals(text: String, place: String, part: String) throws {
        let found = try #require(fault(text))
        #expect(part.isEmpty || "\(found.position)" == place, "\(found)")
        #expect(found.message.contains(part), "\(found.message)")
    }

    @Test(
        "What breaks the grammar is told with what is expected and what to write",
        arguments: [
            ("a:\n\tb: 1\n", "2:1", "a tab stands here", "Indent with spaces, never with tabs"),
            ("a:\r\n\tb: 1\r\n", "2:1", "a tab stands here", "Indent with spaces, never with tabs"),
            ("a:\n  b: 1\n\t  c: 2\n", "3:1", "a tab stands where", "Indent with spaces, never with tabs"),
            ("a: @x\n", "1:4", "a text cannot begin with @", "Put the text in quotation marks"),
            ("a: x: y\n", "1:5", "a key is not expected here", "quotation marks"),
            ("a b\nc: 1\n", "2:2", "a key is not expected here", "a : after its key"),
            ("a:\n  b: 1\n c: 2\n", "3:2", "a key is expected here", "indented like the keys beside it"),
            ("a:\n- b\nc\nd: 1\n", "3:1", "a : is expected after the key", "with a space between"),
            ("a:\n  b: 1\n  c\n", "3:3", "a : is expected after the key", "with a space between"),
            ("a: [b,\n  c\nd: 1\n", "3:2", "a , or ] is expected here, in what begins at 1:4", "Close the list"),
            ("a: {b: 1\nc: 2\n", "2:2", "a , or } is expected here, in what begins at 1:4", "Close the mapping"),
            ("a: \"b\nc: 1\n", "1:4", "a quotation mark opens here and is not closed", "Close it"),
            (#"a: "C:\Users""#, "1:9", "a number is expected after", #"Write \\"#),
            (#"a: "C:\dir""#, "1:7", "has no meaning here", #"Write \\"#),
            ("a: [*]\n", "1:6", "a name is expected after the * or &", "quotation marks"),
            ("a: *b\n", "1:4", "stands for nothing", "Name it with &"),
            ("a:\n - b\n c: 1\n", "3:2", "\"- \" is expected here", "like the elements beside it"),
            ("a: - b\n", "1:4", "\"- \" is not expected here", "on lines of its own"),
            ("a: 1\nb: x\u{1}y\n", "2:5", "a control character stands here", "Remove it"),
            ("a: {{b}}\n", "1:5", "a key must be a text", "in quotation marks"),
            ("--- 1\n--- 2\n", "2:1", "another document", "one document"),
        ])
    func expectations(text: String, place: String, message: String, suggestion: String) throws {
        let found = try #require(fault(text))
        #expect("\(found.position)" == place, "\(found)")
        #expect(found.message.contains(message) && found.suggestion?.contains(suggestion) == true, "\(found)")
    }

    @Test("A bomb of aliases is refused quickly, whether its copies are values or keys")
    func bombs() {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...30 {
            let copies = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            text += "a\(level): &a\(level) [\(copies)]\n"
        }
        #expect(fault(text)?.message.contains("too large") == true)
        for key in ["? *a3\n: 1\n", "*a3 : 1\n", "[*a3]: 1\n", "{*a3 : 1}: 1\n", "b: {? *a3 : 1}\n"] {
            let few = text.split(separator: "\n").prefix(4).joined(separator: "\n") + "\n"
            #expect(fault(few + key)?.message.contains("a key must be a text") == true)
        }
    }

    @Test("An alias counts as deep as what it stands for, and stands for what was named last")
    func anchors() throws {
        let nested = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        #expect(fault("a: &a \(nested)\nb: [[*a]]\n") == nil)
        #expect(
            fault("a: &a \(nested)\nb: \(String(repeating: "[", count: 30))*a")?.message.contains("nested") == true)
        let node = try read("a: &x 1\nb: &x 2\nc: *x\n&y d: *y\n")
        #expect(node["c"]?.value == .number("2"))
        #expect(node["d"]?.value == .string("d"))
    }

    @Test("A name given twice stays, as in JSON, for the pass that reports all of them")
    func twice() throws {
        #expect(try read("a: 1\na: 2\n").members?.map(\.value.value) == [.number("1"), .number("2")])
    }

    @Test("Nesting is refused beyond its bound and never overflows the stack")
    func depth() {
        #expect(fault(String(repeating: "[", count: 60) + String(repeating: "]", count: 60)) == nil)
        #expect(
            fault(String(repeating: "[", count: 100) + String(repeating: "]", count: 100))?.message.contains("nested")
                == true)
        #expect(fault(String(repeating: "[", count: 100_000)) != nil)
        #expect(fault(String(repeating: "- ", count: 100_000)) != nil)
        #expect(fault(String(repeating: "{a: ", count: 100_000)) != nil)
    }

    @Test("A text that is too large or not UTF-8 is refused")
    func unreadable() {
        #expect(
            fault(String(repeating: " ", count: YAMLDocumentReader.maximumBytes + 1))?.message.contains("MiB") == true)
        #expect {
            try YAMLDocumentReader.read(Array("a: 1\nb: ".utf8) + [0xFF])
        } throws: { error in
            (error as? DocumentSyntaxError)?.position == SourcePosition(line: 2, column: 1)
        }
    }

    @Test("A message about syntax never quotes the text")
    func quotesNothing() throws {
        for text in ["a: 'canary", "canary: 1\ncanary: 2", "a: *canary", "a: [canary", "&canary", "%canary\n---\n"] {
            if let found = fault(text) {
                #expect(!"\(found.message)\(found.suggestion ?? "")".contains("canary"), "\(found)")
            }
        }
    }
}
