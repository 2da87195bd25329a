import Testing

@testable import ProxyConfiguration

@Suite struct TOMLDocumentReaderTests {
    private func read(_ text: String) throws -> ConfigurationNode {
        try TOMLDocumentReader.read(Array(text.utf8))
    }

    @Test(
        "Values are what TOML says they are",
        arguments: [
            (#""a\tb\u00e9\"" "#, .string("a\tbé\"")), (#"'C:\x'"#, .string(#"C:\x"#)), ("true", .bool(true)),
            ("12", .number("12")), ("+1_000", .number("1000")), ("-1.5e3", .number("-1.5e3")), ("0xff", .number("255")),
            ("1979-05-27T07:32:00Z", .string("1979-05-27T07:32:00Z")), ("07:32:00", .string("07:32:00")),
            ("1979-05-27 07:32:00", .string("1979-05-27 07:32:00")), ("inf", .string("inf")),
            ("\"\"\"\na \\\n  b\"\"\"\"\"", .string("a b\"\"")), ("'''\na\n'b'''", .string("a\n'b")),
        ] as [(String, ConfigurationNode.Value)])
    func values(text: String, value: ConfigurationNode.Value) throws {
        #expect(try read("k = \(text) # why\n")["k"]?.value == value)
    }

    @Test("Tables, dotted keys, inline tables and lists make a tree")
    func tables() throws {
        let text = """
            top = [ 1, # one
              [2], ]
            [a.b."c.d"]
            x.y = 1
            x.z = { p = 'q', "r s" = {} }
            [a]
            w = 2
            [[l]]
            n = 1
            [[l]]
            n = 2
            [l.m]
            """
        let root = try read(text)
        #expect(root["a"]?["b"]?["c.d"]?["x"]?["z"]?["p"]?.value == .string("q"))
        #expect(root["a"]?["w"]?.value == .number("2"))
        guard case .array(let list)? = root["l"]?.value, case .array(let top)? = root["top"]?.value else {
            Issue.record("no lists")
            return
        }
        #expect(list.count == 2 && list[1]["m"]?.members?.isEmpty == true && top.count == 2)
        #expect(root["a"]?["w"]?.position == SourcePosition(line: 7, column: 5))
    }

    @Test(
        "What is no TOML is refused with its place",
        arguments: [
            "a", "a =", "a = b", "= 1", "a = 1 b = 2", "[a", "[a]]", "[[a]", "a = [1 2]", "a = [1", "a = {x = 1,}",
            "a = {x = 1", "a = \"x", "a = \"x\ny\"", "a = \"\\q\"", "a = \"\\ud800\"", "a = 01", "a = 1__0", "a = 0x",
            "a = 1\na = 2", "[a]\n[a]", "a = 1\n[a]", "a = {}\na.b = 1", "[a.b]\n[a]\nb.c = 1", "[[a]]\n[a]",
            "a = []\n[[a]]", "a = \u{1}", "a = nulL",
        ])
    func refused(text: String) {
        #expect(throws: DocumentSyntaxError.self) { try read(text) }
    }

    @Test("Nesting and length are bounded")
    func bounds() {
        #expect(throws: DocumentSyntaxError.self) { try read("a = " + String(repeating: "[", count: 100_000)) }
        #expect(throws: DocumentSyntaxError.self) { try read(String(repeating: "a.", count: 100) + "a = 1") }
        #expect(throws: DocumentSyntaxError.self) { try read(String(repeating: " ", count: 1 << 20 + 1)) }
    }
}
