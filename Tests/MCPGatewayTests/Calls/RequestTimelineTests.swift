import MCPCore
import MCPTestSupport
import NIOCore
import Synchronization
import Testing

@testable import MCPGateway

@Suite struct RequestTimelineTests {
    private static func request(_ tool: String) -> EndedRequest {
        EndedRequest(request: "a", principal: "ann", route: "mcp", method: "tools/call", tool: tool, outcome: "ok")
    }

    private func tools(_ timeline: RequestTimeline, after number: Int = 0, limit: Int = 100) -> ([String?], missed: Int)
    {
        let (requests, missed) = timeline.requests(after: number, limit: limit)
        return (requests.map(\.tool), missed)
    }

    @Test("Nothing is kept until somebody looks, and then what ends from then on")
    func off() {
        let timeline = RequestTimeline()
        #expect(!timeline.isWanted)
        timeline.note(Self.request("a"))
        #expect(timeline.requests(after: 0, limit: 9).requests.isEmpty)
        #expect(timeline.join(after: 0) == 0 && timeline.isWanted)
        timeline.note(Self.request("b"))
        timeline.note(Self.request("c"))
        #expect(tools(timeline) == (["b", "c"], missed: 0))
        #expect(tools(timeline, after: 1) == (["c"], missed: 0))
        #expect(tools(timeline, limit: 1) == (["b"], missed: 0))
        #expect(tools(timeline, after: 2) == ([], missed: 0))
    }

    @Test("Of more than there is room for the last are kept, and it is told how many are missing")
    func bounded() {
        let timeline = RequestTimeline(maximum: 3)
        _ = timeline.join(after: 0)
        for number in 1...10 { timeline.note(Self.request("\(number)")) }
        #expect(tools(timeline) == (["8", "9", "10"], missed: 7))
        #expect(tools(timeline, after: 8) == (["9", "10"], missed: 0))
        #expect(timeline.look().map(\.number) == [8, 9, 10])
        // Who comes without having been here has missed nothing; who was here goes on.
        #expect(timeline.join(after: 0) == 7)
        #expect(timeline.join(after: 4) == 4)
        #expect(timeline.join(after: 11) == 7)
        #expect(timeline.join(after: -3) == 7)
    }

    @Test("It goes on for a while when nobody looks any more, then forgets all and costs nothing")
    func lingers() {
        let time = Mutex(NIODeadline.uptimeNanoseconds(0))
        let timeline = RequestTimeline(lingering: .seconds(30), now: { time.withLock { $0 } })
        _ = timeline.join(after: 0)
        timeline.note(Self.request("a"))
        timeline.leave()
        #expect(timeline.onlookers == 0)
        time.withLock { $0 = $0 + .seconds(29) }
        timeline.note(Self.request("b"))
        #expect(tools(timeline, after: 1) == (["b"], missed: 0))
        time.withLock { $0 = $0 + .seconds(2) }
        timeline.note(Self.request("c"))
        #expect(!timeline.isWanted && timeline.look().isEmpty)
        // To have asked once counts as a while as well, and numbers go on.
        timeline.note(Self.request("d"))
        #expect(timeline.look().map(\.number) == [3])
    }

    @Test(
        "What peers have chosen is cut and has every character visible, and of long words of a client nothing is read")
    func hostile() {
        let long = String(repeating: "x", count: 100_000)
        let client = ByteBuffer(string: #"{"name":"a\u202eb","version":"1"}"#)
        let request = EndedRequest(
            request: "a", principal: long, client: client, route: long, server: "s\u{202e}", method: long,
            tool: "a\nb" + long, outcome: "ok")
        for text in [request.principal, request.route, request.method, request.tool ?? ""] {
            #expect(text.utf8.count < 200)
        }
        #expect(request.server == "s\\u{202e}" && request.client == "a\\u{202e}b")
        #expect(request.tool?.hasPrefix("a\\u{a}b") == true)
        for words in [#"{"name":"\#(long)"}"#, "{", #"{"name":7}"#] {
            #expect(
                EndedRequest(
                    request: "a", principal: "p", client: ByteBuffer(string: words), route: "r", method: "m",
                    outcome: "ok"
                ).client == nil)
        }
    }

    @Test("A call is told with who called what, and without its arguments")
    func calls() throws {
        let harness = GatewayHarness()
        _ = harness.gateway.timeline.join(after: 0)
        let client = try harness.open()
        let (_, id) = try client.callWithID(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":"hidden-word"}}}"#)
        try harness.serverAnswers(id, result: #"{"content":[],"isError":true}"#)
        let told = try #require(harness.gateway.timeline.look().last)
        #expect(
            [told.principal, told.route, told.server, told.method, told.tool, told.outcome, told.reason]
                == ["anonymous", "server", "server", "tools/call", "t", "tool_error", "isError"])
        #expect(told.client != nil && told.time > 1_700_000_000 && !told.isPrivate)
        #expect(!"\(harness.gateway.timeline.look())".contains("hidden-word"))
    }
}
