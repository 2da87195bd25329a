import MCPValues
import Testing

@testable import ProxyConfiguration

private func overrideDocument(_ overrides: String, more: String = "") -> String {
    #"{"mcpProxy": {"groups": {"dev": {"overrides": {\#(overrides)}\#(more)}}}, "mcpServers": {"git": {"command": "a"}}}"#
}

@Suite struct OverrideConversionTests {
    private static let path = "mcpProxy.groups.dev.overrides"

    private func overrides(_ text: String, environment: [String: String] = [:]) throws -> [ToolOverride] {
        try load(overrideDocument(text), environment: environment).settings.groups.flatMap(\.overrides)
    }

    @Test("Overrides are read in the order written, with arguments of any type as JSON")
    func read() throws {
        let found = try overrides(
            #"""
            "git__z": {"name": "z", "title": "Z", "description": "d",
              "arguments": {"path": {"value": "/srv/\"x\""}, "n": {"value": 1.50}, "a": {"value": [true, {"b": null}]}}},
            "git__a": {}
            """#)
        #expect(
            found == [
                ToolOverride(
                    tool: "git__z", name: "z", title: "Z", description: "d",
                    presets: [
                        ToolOverride.Preset(name: "path", json: Array(#""/srv/\"x\"""#.utf8)),
                        ToolOverride.Preset(name: "n", json: Array("1.50".utf8)),
                        ToolOverride.Preset(name: "a", json: Array(#"[true,{"b":null}]"#.utf8)),
                    ]), ToolOverride(tool: "git__a"),
            ])
    }

    @Test("A value may come from the environment, and is then shown nowhere")
    func environment() throws {
        let found = try overrides(
            #""a": {"arguments": {"k": {"value": "${KEY}"}, "n": {"value": ${NUMBER}}}}"#,
            environment: ["KEY": "canary\"", "NUMBER": "12"])
        #expect(found.first?.presets.map(\.json) == [Array(#""canary\"""#.utf8), Array("12".utf8)])
        #expect(!"\(found)".contains("canary") && !String(reflecting: found).contains("99, 97, 110"))
    }

    /// What is wrong, and the path below the overrides where that is told.
    private static let refused: [(overrides: String, path: String)] = [
        (#""a": null"#, ".a"), (#""a": "b""#, ".a"), (#""": {}"#, #"[""]"#), (#""a": {"name": 1}"#, ".a.name"),
        (#""a": {"title": {}}"#, ".a.title"), (#""a": {"description": []}"#, ".a.description"),
        (#""a": {"arguments": []}"#, ".a.arguments"), (#""a": {"arguments": {"b": 1}}"#, ".a.arguments.b"),
        (#""a": {"arguments": {"b": {}}}"#, ".a.arguments.b.value"),
        (#""a": {"arguments": {"b": {"value": null}}}"#, ".a.arguments.b.value"),
        (#""a": {"arguments": {"": {"value": 1}}}"#, #".a.arguments[""]"#),
        (#""a": {"name": "x"}, "b": {"name": "x"}"#, ".b.name"), (#""a": {"name": "b"}, "b": {}"#, ".a.name"),
        (#""b": {}, "a": {"name": "b"}"#, ".a.name"),
    ]

    @Test("What cannot be used is refused at its place", arguments: refused.indices)
    func isRefused(index: Int) {
        let (overrides, path) = Self.refused[index]
        let found = errors(overrideDocument(overrides))
        #expect(found.map(\.keyPath) == [Self.path + path])
        #expect(found.allSatisfy { $0.suggestion != nil })
    }

    @Test("The other tool with the name is named")
    func sameName() {
        let found = errors(overrideDocument(#""a": {"name": "x"}, "b": {"name": "x"}"#))
        #expect(found.first?.message == #"the tool "a" would have the same name"#)
    }

    @Test("Two tools may change their names with each other, and one may keep its own")
    func exchange() {
        #expect(problems(overrideDocument(#""a": {"name": "b"}, "b": {"name": "a"}, "c": {"name": "c"}"#)).isEmpty)
    }

    @Test("An unknown key is a warning")
    func unknownKey() {
        let found = warnings(overrideDocument(#""a": {"names": "x", "arguments": {"b": {"value": 1, "default": 2}}}"#))
        #expect(found.map(\.keyPath) == [Self.path + ".a.names", Self.path + ".a.arguments.b.default"])
    }

    @Test("A name that some clients drop is a warning that says which", arguments: ["a.b", "a b", "ä", "a/b"])
    func characters(name: String) {
        let found = problems(overrideDocument("\"a\": {\"name\": \"\(name)\"}"))
        #expect(found.map(\.severity) == [.warning] && found.map(\.keyPath) == [Self.path + ".a.name"])
        #expect(found.first?.message.contains("letters, digits, _ and -") == true)
    }

    @Test("A name that is longer than maxNameLength is a warning that says who drops it")
    func length() {
        let name = String(repeating: "a", count: 47)
        let found = problems(overrideDocument("\"a\": {\"name\": \"\(name)\"}"))
        #expect(found.map(\.severity) == [.warning] && found.first?.message.contains("47 characters") == true)
        #expect(found.first?.message.contains("VS Code") == true)
        #expect(problems(overrideDocument("\"a\": {\"name\": \"\(name)\"}", more: #", "maxNameLength": 47"#)).isEmpty)
    }

    @Test("A number that JSON cannot write is refused in YAML, and any other is taken")
    func yaml() throws {
        func text(_ value: String) -> String {
            """
            mcpProxy: {endpoint: {overrides: {a: {arguments: {n: {value: [\(value)]}}}}}}
            mcpServers: {git: {command: a}}
            """
        }
        let found = errors(text("0x1F"), source: "c.yaml")
        #expect(found.map(\.keyPath) == ["mcpProxy.endpoint.overrides.a.arguments.n.value"])
        let loaded = try load(text("-1.5, yes, x"), source: "c.yaml").settings.endpoint.overrides
        #expect(loaded.first?.presets.map(\.json) == [Array(#"[-1.5,true,"x"]"#.utf8)])
    }
}
