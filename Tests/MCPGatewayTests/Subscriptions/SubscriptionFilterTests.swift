import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing

@testable import MCPGateway

@Suite struct SubscriptionFilterTests {
    private func requested(_ uris: [String]) throws -> SubscriptionFilter {
        let list = uris.map { #""\#($0)""# }.joined(separator: ",")
        let text = try JSONText(scanning: ByteBuffer(string: #"{"resourceSubscriptions":[\#(list)]}"#))
        return try SubscriptionFilter(requested: text.root)
    }

    @Test("Each spelling of an address is another resource")
    func spellings() throws {
        let both = try requested(["x:caf\u{E9}", "x:cafe\u{301}"])
        #expect(both.resources.count == 2)
        #expect(both.json.text.utf8.count == #"{"resourceSubscriptions":["x:caf..","x:cafe.."]}"#.utf8.count)
        let (one, other) = (try requested(["x:caf\u{E9}"]), try requested(["x:cafe\u{301}"]))
        #expect(both.intersection(one) == one && one != other)
    }

    @Test("A client may listen to a bounded number of resources, with addresses of bounded length")
    func bounded() throws {
        let most = (0..<SubscriptionFilter.maximumResources).map { "x:\($0)" }
        #expect(try requested(most).resources.count == most.count)
        #expect(throws: Refusal.self) { try requested(most + ["x:more"]) }
        #expect(throws: Refusal.self) {
            try requested([String(repeating: "x", count: SubscriptionFilter.maximumBytes + 1)])
        }
    }

    @Test("A session that subscribes to more is refused, and keeps what it has")
    func session() throws {
        let harness = GatewayHarness()
        let client = try harness.open()
        func subscribe(_ uri: String) throws -> ReplyRecorder {
            try client.call(
                #"{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"\#(uri)"}}"#)
        }
        _ = try subscribe("x:caf\u{E9}")
        let before = try client.link.sent.count
        let long = String(repeating: "x", count: SubscriptionFilter.maximumBytes)
        #expect(try subscribe(long).answers.first?.contains("-31004") == true)
        #expect(try client.link.sent.count == before)
        try harness.serverSays(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":{\"uri\":\"x:cafe\u{301}\"}}"
        )
        #expect(client.outlet.messages.isEmpty, "another resource")
        try harness.serverSays(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/resources/updated\",\"params\":{\"uri\":\"x:caf\u{E9}\"}}")
        #expect(client.outlet.messages.count == 1)
    }

    @Test("Requests that wait for a server to agree are bounded, and those that wait go on waiting")
    func waiting() throws {
        let capabilities = #"{"resources":{"subscribe":true}}"#
        let harness = GatewayHarness(era: .always(.modern))
        let outcome = try harness.beginOpening()
        harness.serverIsThere(capabilities: capabilities)
        try harness.serverAnswers(
            try #require(harness.script.link.lastRequestID(.serverDiscover)),
            result: #"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":\#(capabilities)}"#)
        let client = try TestClient(outcome.session, harness)
        let replies = try (1...300).map { number in
            try client.call(
                #"{"jsonrpc":"2.0","id":\#(number),"method":"resources/subscribe","params":{"uri":"x:\#(number)"}}"#)
        }
        #expect(replies.prefix(256).allSatisfy { $0.answers.isEmpty })
        #expect(replies.dropFirst(256).allSatisfy { $0.answers.first?.contains("-31004") == true })
    }
}
