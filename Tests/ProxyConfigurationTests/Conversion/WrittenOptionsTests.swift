import MCPValues
import Testing

@testable import ProxyConfiguration

@Suite struct WrittenOptionsTests {
    private let defaults = ServerOptions(
        panicIfInvalid: true, logEnabled: true, authTokens: [Secret("default")],
        toolFilter: ToolFilter(mode: .block, names: ["x"]), disabled: true)

    /// Options as they are written.
    private func written(_ members: String) throws -> WrittenOptions {
        var context = ConversionContext(source: "test", format: .json)
        let node = try JSONDocumentReader.read(Array("{\(members)}".utf8))
        let reader = try #require(ObjectReader(node, scope: .options, path: .root, &context))
        let options = WrittenOptions(in: reader, &context)
        #expect(context.problems.filter { $0.severity == .error }.isEmpty)
        return options
    }

    @Test("What is left out comes from the defaults")
    func inherits() throws {
        #expect(WrittenOptions().merged(over: defaults) == defaults)
        #expect(try written("").merged(over: defaults) == defaults)
        #expect(try written("").disabled == nil && written("").authTokens == nil)
    }

    @Test("What is written stands in place of the default, member by member")
    func replaces() throws {
        #expect(try written(#""panicIfInvalid": false"#).merged(over: defaults).panicIfInvalid == false)
        #expect(try written(#""logEnabled": false"#).merged(over: defaults).logEnabled == false)
        #expect(try written(#""disabled": false"#).merged(over: defaults).disabled == false)
        #expect(try written(#""authTokens": ["own"]"#).merged(over: defaults).authTokens == [Secret("own")])
        let filter = ToolFilter(mode: .allow, names: ["y"])
        #expect(
            try written(#""toolFilter": {"mode": "allow", "list": ["y"]}"#).merged(over: defaults).toolFilter == filter)
        #expect(try written(#""panicIfInvalid": false"#).merged(over: defaults).authTokens == defaults.authTokens)
    }

    @Test("An empty list of tokens is written, so the server asks for none")
    func emptyTokens() throws {
        #expect(try written(#""authTokens": []"#).merged(over: defaults).authTokens.isEmpty)
        let text =
            #"{"mcpProxy": {"options": {"authTokens": ["0123456789abcdef"]}}, "mcpServers": {"a": {"command": "a", "options": {"authTokens": []}}, "b": {"command": "b", "options": {"authTokens": null}}, "c": {"command": "c"}}}"#
        #expect(try load(text).settings.servers.map(\.options.authTokens.count) == [0, 1, 1])
    }
}
