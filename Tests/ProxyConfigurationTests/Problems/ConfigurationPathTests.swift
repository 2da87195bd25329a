import Testing

@testable import ProxyConfiguration

@Suite struct ConfigurationPathTests {
    @Test("Plain keys are joined by points, others are quoted, elements are numbered")
    func text() {
        let path = ConfigurationPath("mcpServers").appending("my.server").appending("args").appending(index: 2)
        #expect("\(path)" == #"mcpServers["my.server"].args[2]"#)
        #expect("\(ConfigurationPath.root)".isEmpty)
        #expect("\(ConfigurationPath("a").appending(""))" == #"a[""]"#)
    }

    @Test(
        "The name of a server is masked after its slash, and only there",
        arguments: ["mcpServers", "clients", "McpServers"])
    func masks(list: String) {
        #expect("\(ConfigurationPath(list).appending("fetch/canary").appending("url"))" == "\(list).fetch/***.url")
        #expect("\(ConfigurationPath("other").appending("a/b"))" == "other.a/b")
        let groups = ConfigurationPath("mcpProxy").appending("Groups")
        #expect("\(groups.appending("dev/canary"))" == "mcpProxy.Groups.dev/***")
        #expect("\(groups.appending("dev").appending("a/b"))" == "mcpProxy.Groups.dev.a/b")
    }

    @Test("A key can neither forge a line of a log nor fill it")
    func escapes() {
        let path = "\(ConfigurationPath("a\n\u{1B}[2Jb\u{202E}\u{2028}\""))"
        #expect(path == #"["a\u{a}\u{1b}[2Jb\u{202e}\u{2028}\""]"#)
        #expect("\(ConfigurationPath(String(repeating: "x", count: 5000)))".count < 100)
    }

    @Test(
        "Only arguments and variables of templates are texts with parameters",
        arguments: [
            (["mcpProxy", "management", "templates", "git", "args", "0"], true),
            (["MCPProxy", "Management", "Templates", "git", "Env", "A"], true),
            (["mcpProxy", "management", "templates", "git", "command"], false),
            (["mcpProxy", "management", "templates", "git", "parameters", "env"], false),
            (["mcpServers", "management", "templates", "git", "args", "0"], false),
            (["mcpServers", "git", "args", "0"], false),
        ])
    func templateText(keys: [String], isTemplateText: Bool) {
        #expect(keys.reduce(ConfigurationPath.root) { $0.appending($1) }.isTemplateText == isTemplateText)
    }
}
