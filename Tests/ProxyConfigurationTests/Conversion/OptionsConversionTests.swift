import MCPValues
import Testing

@testable import ProxyConfiguration

@Suite struct OptionsConversionTests {
    private func filter(_ members: String) throws -> ToolFilter? {
        try server("\"command\": \"a\", \"options\": {\"toolFilter\": {\(members)}}")?.options.toolFilter
    }

    private func filterErrors(_ members: String) -> [ConfigurationProblem] {
        errors(serverDocument("\"command\": \"a\", \"options\": {\"toolFilter\": {\(members)}}"))
    }

    @Test(
        "The mode of a filter is read in any case",
        arguments: [("allow", ToolFilter.Mode.allow), ("ALLOW", .allow), ("Block", .block)])
    func modes(word: String, mode: ToolFilter.Mode) throws {
        #expect(
            try filter("\"mode\": \"\(word)\", \"list\": [\"x\", \"y\", \"x\"]")
                == ToolFilter(mode: mode, names: ["x", "y"]))
    }

    @Test(
        "A filter whose mode is unknown or missing is refused, since the Go program would skip it",
        arguments: [#""mode": "deny", "#, #""mode": "", "#, ""])
    func unknownMode(mode: String) throws {
        let found = filterErrors("\(mode)\"list\": [\"x\"]")
        #expect(found.map(\.keyPath) == ["mcpServers.fetch.options.toolFilter.mode"])
        #expect(found.first?.message.contains("clients then see every tool") == true)
    }

    @Test(
        "An empty allow list is refused, since the Go program would let every tool through",
        arguments: ["", #", "list": []"#, #", "list": null"#])
    func emptyAllowList(list: String) {
        #expect(
            filterErrors("\"mode\": \"allow\"\(list)").map(\.keyPath) == ["mcpServers.fetch.options.toolFilter.list"])
    }

    @Test("An empty block list is only a warning")
    func emptyBlockList() throws {
        let loaded = try load(
            serverDocument(#""command": "a", "options": {"toolFilter": {"mode": "block", "list": []}}"#))
        #expect(loaded.settings.servers.first?.options.toolFilter?.admits("x") == true)
        #expect(loaded.warnings.count == 1)
    }

    @Test("The name of a tool must be a text that is not empty")
    func toolNames() {
        #expect(filterErrors(#""mode": "allow", "list": ["", 1]"#).count == 2)
        #expect(filterErrors(#""mode": "allow", "list": [1]"#).count == 1)
    }

    @Test("Tokens given twice are kept once, with or without the word Bearer")
    func duplicateTokens() throws {
        let options = try server(
            #""command": "a", "options": {"authTokens": ["0123456789abcdef", "Bearer 0123456789abcdef", "fedcba9876543210"]}"#
        )?.options
        #expect(options?.authTokens == [Secret("0123456789abcdef"), Secret("fedcba9876543210")])
    }

    @Test("Options of the proxy reach every server that does not say otherwise")
    func inheritance() throws {
        let text = #"""
            {"mcpProxy": {"options": {"panicIfInvalid": true, "logEnabled": true, "toolFilter": {"mode": "block", "list": ["x"]}}},
             "mcpServers": {"a": {"command": "a"}, "b": {"command": "b", "options": {"logEnabled": false}}}}
            """#
        let options = try load(text).settings.servers.map(\.options)
        let filter = ToolFilter(mode: .block, names: ["x"])
        #expect(
            options == [
                ServerOptions(panicIfInvalid: true, logEnabled: true, toolFilter: filter),
                ServerOptions(panicIfInvalid: true, logEnabled: false, toolFilter: filter),
            ])
    }
}
