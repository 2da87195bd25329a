import NIOCore
import Testing

@testable import MCPFrontEnd

@Suite struct StateTextTests {
    private func server(
        _ name: String, _ configuration: String = "{}", isDisabled: Bool = false, owner: OwnerMark? = .anonymous,
        hadTokens: Bool = false
    ) -> KeptServer {
        KeptServer(
            name: name, configuration: ByteBuffer(string: configuration), isDisabled: isDisabled, owner: owner,
            hadTokens: hadTokens)
    }

    @Test("What is written is read back, in the order of the names")
    func roundTrip() {
        let servers = [
            server("b", #"{"url": "https://é\u0000", "x": [1.50, {"a": null}]}"#, isDisabled: true, owner: nil),
            server("a\"\n", owner: OwnerMark("sha256 00"), hadTokens: true),
        ]
        let text = StateText.text(of: servers)
        #expect(StateText.servers(in: text) == [servers[1], servers[0]])
        #expect(StateText.servers(in: StateText.text(of: [])) == [])
    }

    @Test("A list that does not say whether there were tokens keeps its servers closed")
    func earlierVersion() throws {
        let text = ByteBuffer(string: #"{"version":1,"servers":{"a":{"enabled":true,"config":{}}}}"#)
        #expect(StateText.servers(in: text) == [server("a", owner: nil, hadTokens: true)])
    }

    @Test(
        "A list of which anything is not as it was written is none",
        arguments: [
            "", "{}", "[]", #"{"version":1}"#, #"{"servers":{}}"#, #"{"version":2,"servers":{}}"#,
            #"{"version":1,"servers":[]}"#, #"{"version":1,"servers":{"a":{}}}"#,
            #"{"version":1,"servers":{"a":{"config":{}}}}"#, #"{"version":1,"servers":{"a":{"enabled":true}}}"#,
            #"{"version":1,"servers":{"a":{"enabled":"no","config":{}}}}"#,
            #"{"version":1,"servers":{"a":{"enabled":true,"config":[]}}}"#,
            #"{"version":1,"servers":{"a":{"enabled":true,"config":{},"owner":1}}}"#,
            #"{"version":1,"servers":{"a":{"enabled":true,"config":{},"hadTokens":null}}}"#,
            #"{"version":1,"servers":{"a":{"enabled":true,"config":{}},"a":{"enabled":true,"config":{}}}}"#,
            "{\"version\":1,\"servers\":{\"\u{E9}\":{\"enabled\":true,\"config\":{}},"
                + "\"e\u{301}\":{\"enabled\":true,\"config\":{}}}}",
            #"{"version":1,"servers":{"a":{"enabled":true,"config":{}}}"#,
        ])
    func refused(text: String) {
        #expect(StateText.servers(in: ByteBuffer(string: text)) == nil)
    }
}
