import ProxyConfiguration
import Testing

@testable import ClientFiles

@Suite struct ImportTargetTests {
    private let server = ("new", ConfigurationNode.object([("command", .text("x"))]))

    private func added(to text: String) throws -> String {
        let target = try ImportTarget(text: Array(text.utf8), source: "config.json")
        return String(decoding: target.adding([server]), as: UTF8.self)
    }

    @Test("A new configuration has both parts")
    func new() {
        #expect(
            String(decoding: ImportTarget().adding([server]), as: UTF8.self) == """
                {
                  "mcpProxy": {},
                  "mcpServers": {
                    "new": {
                      "command": "x"
                    }
                  }
                }

                """)
    }

    @Test("The server comes after the last one, in the file's own indentation")
    func indentation() throws {
        #expect(
            try added(to: "{\n\t\"mcpProxy\": {},\n\t\"mcpServers\": {\n\t\t\"a\": {\"command\": \"y\"}\n\t}\n}\n")
                == "{\n\t\"mcpProxy\": {},\n\t\"mcpServers\": {\n\t\t\"a\": {\"command\": \"y\"},\n\t\t\"new\": {\n\t\t\t\"command\": \"x\"\n\t\t}\n\t}\n}\n"
        )
    }

    @Test("Comments stay with what they are about, and a trailing comma stays a habit")
    func comments() throws {
        let text = """
            {
              // the proxy
              "mcpProxy": {},
              "mcpServers": {
                "a": {"command": "}\\"{"}, // ours: }
                /* no more */
              },
            }
            """
        #expect(
            try added(to: text) == """
                {
                  // the proxy
                  "mcpProxy": {},
                  "mcpServers": {
                    "a": {"command": "}\\"{"}, // ours: }
                    /* no more */
                    "new": {
                      "command": "x"
                    },
                  },
                }
                """)
    }

    @Test("A comment after the last server does not hide the comma")
    func commaBeforeComment() throws {
        let text = "{\"mcpProxy\": {}, \"mcpServers\": {\n  \"a\": {\"command\": \"y\"} // last\n}}"
        #expect(
            try added(to: text)
                == "{\"mcpProxy\": {}, \"mcpServers\": {\n  \"a\": {\"command\": \"y\"}, // last\n  \"new\": {\n    \"command\": \"x\"\n  }\n}}"
        )
    }

    @Test(
        "Whatever the text looks like, the result loads and has what was there",
        arguments: [
            #"{"mcpProxy":{},"mcpServers":{}}"#, #"{"mcpProxy":{},"mcpServers":null}"#, #"{"mcpProxy":{}}"#, "{}",
            "{ // nothing yet\n}", #"{"mcpServers":{"a":{"command":"y"}}}"#,
            "{\r\n  \"mcpServers\": {\r\n  },\r\n  \"mcpProxy\": {}\r\n}\r\n",
            #"{"mcpServers": {"ä": {"command": "ö"}, }, "mcpProxy": {"name": "ü"}, }"#,
            "\u{FEFF}{\"mcpProxy\": {}, \"mcpServers\": {\"a\": {\"command\": \"y\", \"args\": [\"]\", \"//\"]}}}",
        ])
    func loads(text: String) throws {
        let before = try ImportTarget(text: Array(text.utf8), source: "config.json").names
        let result = try added(to: text)
        let loaded = try ConfigurationLoader.load(
            text: Array(result.utf8), source: "config.json", format: .json, environment: [:])
        #expect(loaded.settings.servers.map(\.name) == before + ["new"])
        // Every byte of the old text is still there, in order.
        var rest = result.utf8[...]
        for byte in text.utf8 where !text.contains("null") {
            let place = try #require(rest.firstIndex(of: byte))
            rest = rest[result.utf8.index(after: place)...]
        }
        #expect(result.contains("\r\n") == text.contains("\r\n"))
        #expect(!result.contains("\r\n") || !result.replacing("\r\n", with: "").contains("\n"))
    }

    /// Members of a list of servers with blanks and comments wherever they may stand.
    private func scattered(_ names: [String], _ random: inout some RandomNumberGenerator) -> String {
        func gap() -> String {
            let gaps = ["", " ", "\n", "\t", "\n    ", "// } ,\n", "/* { \" */", " \n // x\n"]
            return (0..<Int.random(in: 0...2, using: &random)).map { _ in gaps.randomElement(using: &random) ?? "" }
                .joined()
        }
        var text = gap()
        for (index, name) in names.enumerated() {
            text += "\"\(name)\"\(gap()):\(gap()){\(gap())\"command\"\(gap()):\(gap())\"a\\\"}\"\(gap())}\(gap())"
            if index < names.count - 1 || Bool.random(using: &random) { text += "," + gap() }
        }
        return text
    }

    @Test("Wherever blanks, comments and commas stand, the result is right", arguments: 0..<300)
    func anyLayout(seed: UInt64) throws {
        var random = Seeded(state: seed)
        let names = (0..<Int.random(in: 0...3, using: &random)).map { "s\($0)" }
        let list = "\"mcpServers\": {\(scattered(names, &random))}"
        let text = Bool.random(using: &random) ? "{\"mcpProxy\": {}, \(list)}" : "{\(list)}"
        let result = try added(to: text)
        let loaded = try ConfigurationLoader.load(
            text: Array(result.utf8), source: "config.json", format: .json, environment: nil)
        #expect(loaded.settings.servers.map(\.name) == names + ["new"], "\(text)")
        // What stood before the end of the list is a part of the result, but for one comma.
        let comments = { (text: String) in text.split(separator: "\n").filter { $0.contains("// ") }.count }
        #expect(comments(result) == comments(text), "\(text)")
    }

    @Test(
        "What nothing can be added to is refused",
        arguments: ["[]", #"{"mcpServers": []}"#, #"{"clients": {}}"#, #"{"server": {}, "clients": {}}"#, "{"])
    func refused(text: String) {
        #expect(throws: ConfigurationError.self) { try added(to: text) }
    }
}

/// Numbers that are the same in every run.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
