import Testing

@testable import ProxyConfiguration

@Suite struct TemplateConversionTests {
    private let branch = #""parameters": {"branch": {"type": "string"}}"#

    private func template(_ members: String, environment: [String: String]? = [:]) throws -> CommandTemplate? {
        try load(templateDocument(members), environment: environment).settings.management.templates["git"]
    }

    private func paths(_ members: String) -> [String] {
        errors(templateDocument(members)).map {
            String($0.keyPath.dropFirst("mcpProxy.management.templates.git.".count))
        }
    }

    @Test("A template is read with its places and parameters")
    func complete() throws {
        let found = try template(
            #"""
            "command": "uvx", "cwd": "/srv", "args": ["server", "--branch={branch}", "--", "{path}", "{{x}}"],
            "env": {"TOKEN": "$TOKEN", "LEVEL": "{level}"},
            "parameters": {"branch": {"type": "string"}, "path": {"type": "string"}, "level": {"type": "integer"}}
            """#, environment: ["TOKEN": "secret"])
        #expect(
            found
                == CommandTemplate(
                    command: "uvx",
                    arguments: [
                        .literal("server"), .parameter(name: "branch", prefix: "--branch="), .literal("--"),
                        .parameter(name: "path", prefix: ""), .literal("{x}"),
                    ],
                    environment: ["TOKEN": .literal("secret"), "LEVEL": .parameter(name: "level", prefix: "")],
                    workingDirectory: "/srv",
                    parameters: ["branch": .init(.string), "path": .init(.string), "level": .init(.integer)]))
    }

    @Test("A template without a command is refused", arguments: ["", #""command": """#, #""command": null"#])
    func noCommand(members: String) {
        #expect(paths(members) == ["command"])
    }

    @Test("A placeholder without a parameter is refused, and the nearest parameter is named")
    func unknownPlaceholder() {
        let found = errors(templateDocument(#""command": "a", "args": ["{branch}", "{brnch}"], \#(branch)"#))
        #expect(found.map(\.keyPath) == ["mcpProxy.management.templates.git.args[1]"])
        #expect(found.first?.suggestion?.hasPrefix("Did you mean {branch}?") == true)
    }

    @Test("A parameter that stands nowhere is refused")
    func unused() {
        #expect(paths(#""command": "a", "args": ["{{branch}}"], \#(branch)"#) == ["parameters.branch"])
    }

    @Test("A parameter in the middle of a text, a loose brace and a placeholder in command or cwd are refused")
    func places() {
        #expect(
            paths(
                #""command": "{branch}", "cwd": "/srv/{branch}", "args": ["{branch}", "a{branch}", "}"], "env": {"A": "x{branch}"}, \#(branch)"#
            ) == ["command", "cwd", "args[1]", "args[2]", "env.A"])
    }

    @Test("A parameter that may be left out cannot be the argument after an option, which would take the next one")
    func danglingOption() {
        let optional = #""parameters": {"branch": {"type": "string", "required": false}}"#
        #expect(paths(#""command": "a", "args": ["--branch", "{branch}", "x"], \#(optional)"#) == ["args[1]"])
        #expect(paths(#""command": "a", "args": ["--", "{branch}"], \#(optional)"#).isEmpty)
        #expect(paths(#""command": "a", "args": ["--branch={branch}"], \#(optional)"#).isEmpty)
        #expect(paths(#""command": "a", "args": ["--branch", "{branch}"], \#(branch)"#).isEmpty)
    }

    @Test(
        "A choice or a default that would be taken for an option is refused",
        arguments: [#""enum": ["a", "-b"]"#, #""default": "-b""#])
    func ownOptions(member: String) {
        let parameters = "\"parameters\": {\"branch\": {\"type\": \"string\", \(member)}}"
        #expect(paths("\"command\": \"a\", \"args\": [\"{branch}\"], \(parameters)").count == 1)
        #expect(paths("\"command\": \"a\", \"args\": [\"--\", \"{branch}\"], \(parameters)").isEmpty)
        #expect(paths("\"command\": \"a\", \"args\": [\"--b={branch}\"], \(parameters)").isEmpty)
    }

    @Test("An unknown key is a warning that names the nearest, at every level")
    func unknownKeys() {
        let found = warnings(
            templateDocument(
                #""command": "a", "agrs": [], "args": ["{b}"], "parameters": {"b": {"type": "string", "require": true}}"#
            )
        )
        #expect(found.map(\.suggestion) == [#"Did you mean "args"?"#, #"Did you mean "required"?"#])
    }

    @Test("What variables of the environment bring in is never taken for a placeholder")
    func variables() throws {
        let found = try template(
            #""command": "a", "args": ["$A", "--x=$A", "{branch}"], "env": {"B": "$A"}, \#(branch)"#,
            environment: ["A": "{branch} }"])
        #expect(
            found?.arguments == [
                .literal("{branch} }"), .literal("--x={branch} }"), .parameter(name: "branch", prefix: ""),
            ])
        #expect(found?.environment == ["B": .literal("{branch} }")])
    }

    @Test(
        "No message shows what variables of the environment brought in", arguments: ["{canary}", "canary", "}canary{"])
    func hidesValues(value: String) {
        let found = errors(
            templateDocument(#""command": "a", "args": ["{$A}x", "x{$A}", "{branch}$A", "{branch}"], \#(branch)"#),
            environment: ["A": value])
        #expect(found.count == 3)
        #expect(!"\(found)".contains("canary"))
    }
}
