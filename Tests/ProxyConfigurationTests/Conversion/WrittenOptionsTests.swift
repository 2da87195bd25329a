import MCPValues
import Testing

@testable import ProxyConfiguration

@Suite struct WrittenOptionsTests {
    private let defaults = ServerOptions(
        panicIfInvalid: true, logEnabled: true, authTokens: [Secret("default")],
        toolFilter: ToolFilter(mode: .block, names: ["x"]), disabled: true)

    @Test("What is left out comes from the defaults")
    func inherits() {
        #expect(WrittenOptions().merged(over: defaults) == defaults)
    }

    @Test("What is written stands in place of the default, member by member")
    func replaces() {
        #expect(WrittenOptions(panicIfInvalid: false).merged(over: defaults).panicIfInvalid == false)
        #expect(WrittenOptions(logEnabled: false).merged(over: defaults).logEnabled == false)
        #expect(WrittenOptions(disabled: false).merged(over: defaults).disabled == false)
        #expect(WrittenOptions(authTokens: [Secret("own")]).merged(over: defaults).authTokens == [Secret("own")])
        let filter = ToolFilter(mode: .allow, names: ["y"])
        #expect(WrittenOptions(toolFilter: filter).merged(over: defaults).toolFilter == filter)
        #expect(WrittenOptions(panicIfInvalid: false).merged(over: defaults).authTokens == defaults.authTokens)
    }

    @Test("An empty list of tokens is written, so the server asks for none")
    func emptyTokens() throws {
        #expect(WrittenOptions(authTokens: []).merged(over: defaults).authTokens.isEmpty)
        let text =
            #"{"mcpProxy": {"options": {"authTokens": ["0123456789abcdef"]}}, "mcpServers": {"a": {"command": "a", "options": {"authTokens": []}}, "b": {"command": "b", "options": {"authTokens": null}}, "c": {"command": "c"}}}"#
        #expect(try load(text).settings.servers.map(\.options.authTokens.count) == [0, 1, 1])
    }
}
