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

    @Test(
        "What nothing can be added to is refused",
        arguments: ["[]", #"{"mcpServers": []}"#, #"{"clients": {}}"#, #"{"server": {}, "clients": {}}"#, "{"])
    func refused(text: String) {
        #expect(throws: ConfigurationError.self) { try added(to: text) }
    }
}
