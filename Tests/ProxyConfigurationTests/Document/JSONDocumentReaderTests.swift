import Testing

@testable import ProxyConfiguration

@Suite struct JSONDocumentReaderTests {
    private func read(_ text: String) throws(DocumentSyntaxError) -> ConfigurationNode {
        try JSONDocumentReader.read(Array(text.utf8))
    }

    private func fault(_ text: String) -> DocumentSyntaxError? {
        do throws(DocumentSyntaxError) {
            _ = try read(text)
            return nil
        } catch {
            return error
        }
    }

    @Test("Comments and trailing commas are allowed")
    func commentsAndCommas() throws {
        let node = try read(
            """
            // first
            { /* a */ "a": [1, 2,], // b
              "b": {"c": null,}, /* ** / */
            } // end
            """)
        #expect(
            node["a"]?.value
                == .array([
                    ConfigurationNode(.number("1"), at: SourcePosition(line: 2, column: 17)),
                    ConfigurationNode(.number("2"), at: SourcePosition(line: 2, column: 20)),
                ]))
        #expect(node["b"]?["c"]?.value == .null)
    }

    @Test("Members keep their order, their duplicates and their places")
    func keepsMembers() throws {
        let members = try #require(try read("{\"b\":1,\n\"ä\": 2, \"b\": 3}").members)
        #expect(members.map(\.name) == ["b", "ä", "b"])
        #expect(members.map { "\($0.position)" } == ["1:2", "2:1", "2:9"])
        #expect(members.map { "\($0.value.position)" } == ["1:6", "2:6", "2:14"])
    }

    @Test(
        "Values are read as RFC 8259 has them",
        arguments: [
            ("null", ConfigurationNode.Value.null), ("true", .bool(true)), ("false", .bool(false)),
            ("0", .number("0")), ("-0.50e+3", .number("-0.50e+3")), ("12", .number("12")),
            (#""""#, .string("")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{c}\n\r\t")),
            (#""\u00e9\ud83d\ude00""#, .string("é😀")), ("\"😀//\"", .string("😀//")),
            ("[]", .array([])), ("{}", .object([])), (" \r\n\t[ ] ", .array([])),
        ])
    func values(text: String, value: ConfigurationNode.Value) throws {
        #expect(try read(text).value == value)
    }

    @Test(
        "Text that breaks the grammar is refused, with the place",
        arguments: [
            ("", "1:1", "empty"), ("  // only\n", "1:1", "empty"), ("{", "1:2", "closed"), ("[1", "1:3", "closed"),
            ("{\"a\": 1\n\"b\": 2}", "2:1", "comma is missing"), ("[1 2]", "1:4", "comma is missing"),
            ("[,]", "1:2", "comma too many"), ("[1,,2]", "1:4", "comma too many"), ("{,}", "1:2", "comma too many"),
            ("{a: 1}", "1:2", "double quotes"), ("{'a': 1}", "1:2", "double quotes"),
            ("['a']", "1:2", "quotation mark"),
            ("{\"a\" 1}", "1:6", "colon"), ("{\"a\":}", "1:6", "value is expected"),
            ("[True]", "1:2", "value is expected"),
            ("[01]", "1:2", "number"), ("[1.]", "1:2", "number"), ("[.5]", "1:2", "value is expected"),
            ("[-]", "1:2", "number"),
            ("[1e]", "1:2", "number"), ("[30s]", "1:2", "number"), ("[+1]", "1:2", "value is expected"),
            ("[0x10]", "1:2", "number"), ("[NaN]", "1:2", "value is expected"),
            ("[\"a]", "1:2", "not closed"), ("[\"a\n\"]", "1:2", "not closed"),
            ("[\"a\tb\"]", "1:4", "control character"),
            (#"["\x"]"#, "1:3", "escape"), (#"["\u12"]"#, "1:3", "hexadecimal"), (#"["\ud800"]"#, "1:3", "surrogate"),
            (#"["\ud800\u0041"]"#, "1:3", "surrogate"), (#"["\udc00"]"#, "1:3", "surrogate"),
            ("{} {}", "1:4", "after the end"), ("{}}", "1:3", "after the end"), ("/* open", "1:1", "not closed"),
            ("/", "1:1", "slash"), ("# yaml", "1:1", "comments"), ("{}\n,", "2:1", "after the end"),
            ("[1}", "1:3", "comma is missing"),
        ])
    func refusals(text: String, place: String, part: String) throws {
        let found = try #require(fault(text))
        #expect("\(found.position)" == place)
        #expect(found.message.contains(part), "\(found.message)")
    }

    @Test("Bytes that are not UTF-8 are refused at the string that holds them")
    func invalidUTF8() {
        #expect(throws: DocumentSyntaxError.self) { try JSONDocumentReader.read([0x22, 0xFF, 0x22]) }
    }

    @Test("Nesting is refused beyond its bound, not before, and never overflows the stack")
    func depth() {
        let deepest = JSONDocumentReader.maximumDepth
        #expect(fault(String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)) == nil)
        #expect(fault(String(repeating: "[", count: deepest + 1))?.message.contains("nested") == true)
        #expect(fault(String(repeating: "{\"a\":[", count: 500_000)) != nil)
    }

    @Test("A message about syntax never quotes the text")
    func quotesNothing() throws {
        for text in ["[canary]", "[\"canary", "{canary: 1}", "[1canary]"] {
            let found = try #require(fault(text))
            #expect(!"\(found.message)\(found.suggestion ?? "")".contains("canary"))
        }
    }
}
