import Testing

@testable import ProxyConfiguration

@Suite struct PlaceholderTests {
    @Test("A blank of the documentation that was not filled in is a warning, wherever it stands")
    func warns() {
        #expect(
            warnings(serverDocument(#""command": "a", "env": {"T": "<YOUR_TOKEN>"}"#)).map(\.keyPath) == [
                "mcpServers.fetch.env.T"
            ])
        let remote = #""url": "https://a/?key=<YOUR_TOKEN>", "headers": {"A": "Bearer <YOUR_TOKEN>"}"#
        #expect(
            warnings(serverDocument(remote)).map(\.keyPath) == ["mcpServers.fetch.url", "mcpServers.fetch.headers.A"])
    }
}
