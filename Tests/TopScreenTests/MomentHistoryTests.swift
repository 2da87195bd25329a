import NIOCore
import Testing

@testable import TopScreen

@Suite struct MomentHistoryTests {
    private static let servers = #""one":{"state":"ready","since":"1970-01-01T00:16:00Z","calls":99}"#

    private func metrics(_ ok: Int, _ failed: Int = 0, fast: Int = 0, started: Int = 900, processor: Double = 0)
        -> String
    {
        func count(_ method: String, _ outcome: String, _ count: Int) -> String {
            "mcp_proxy_requests_total{server=\"one\",method=\"\(method)\",outcome=\"\(outcome)\",client_era=\"legacy\"} \(count)\n"
        }
        let bucket = "mcp_proxy_request_seconds_bucket{server=\"one\",method=\"tools/call\",le="
        return count("tools/call", "ok", ok) + count("tools/call", "timeout", failed)
            + count("tools/call", "cancelled", 0) + count("ping", "ok", 1_000) + bucket + "\"0.1\"} \(fast)\n" + bucket
            + "\"+Inf\"} \(ok + failed)\n" + "process_start_time_seconds \(started).0\n"
            + "mcp_proxy_upstream_process_cpu_seconds_total{server=\"one\"} \(processor)\n"
    }

    private func moment(_ instant: Double, _ metrics: String) throws -> ProxyMoment {
        try Samples.moment(at: instant, Self.servers, metrics)
    }

    @Test("The first look is about all since the start, of a server or of the proxy")
    func first() throws {
        let history = MomentHistory(try moment(20, metrics(50, 10, fast: 60, processor: 30)))
        let row = try #require(history.rows.first)
        // The proxy has run for 120 seconds, the server for 60.
        #expect(history.span == nil && row.callsPerMinute == 30 && row.facts.errors == 10 && row.facts.calls == 60)
        #expect(row.processor == 0.5 && row.age == 60 && row.median == 0.05)
        #expect(history.callsPerSecond(of: history.rows) == 0.5)
    }

    @Test("Later looks are about the last minute, the processor about the last look")
    func window() throws {
        var history = MomentHistory(try moment(0, metrics(1_000, fast: 1_000)))
        for second in stride(from: 10.0, through: 120, by: 10) {
            history.add(try moment(second, metrics(1_000 + Int(second) * 2, fast: 1_000, processor: second / 4)))
        }
        let row = try #require(history.rows.first)
        #expect(history.span == 60 && row.callsPerMinute == 120 && row.processor == 0.25)
        // All of the last minute took longer than the last bound that is known.
        #expect(row.median == 0.1 && row.facts.calls == 1_240)
    }

    @Test("A pause of an hour leaves something to compare with")
    func pause() throws {
        var history = MomentHistory(try moment(0, metrics(0)))
        history.add(try moment(2, metrics(2)))
        history.add(try moment(3_602, metrics(62)))
        #expect(history.span == 3_600 && history.rows.first?.callsPerMinute == 1)
    }

    @Test("A proxy that was started anew begins anew, and so does a server that was added anew")
    func restarts() throws {
        var history = MomentHistory(try moment(0, metrics(1_000)))
        history.add(try moment(10, metrics(30)))
        #expect(history.rows.first?.callsPerMinute == 180)
        history.add(try moment(20, metrics(60, started: 1_010)))
        #expect(history.span == nil && history.rows.first?.callsPerMinute == 360)
    }

    @Test("Of a server that was not there before everything counts, and one that is gone is not shown")
    func newcomers() throws {
        var history = MomentHistory(try Samples.moment(at: 0, #""two":{"state":"ready"}"#))
        history.add(
            try Samples.moment(
                at: 10, Self.servers,
                "mcp_proxy_requests_total{server=\"one\",method=\"tools/call\",outcome=\"ok\",client_era=\"modern\"} 5\n"
            ))
        #expect(history.rows.map(\.facts.name) == ["one"] && history.rows.first?.callsPerMinute == 30)
    }

    @Test("After a look without metrics, calls of hours are not taken for those of seconds")
    func metricsComeBack() throws {
        var without = ProxyMoment(instant: 0, time: 1_000)
        without.withoutMetrics = "there are none"
        var history = MomentHistory(without)
        // Nor where nobody knows when the proxy was started.
        let metrics = "mcp_proxy_requests_total{server=\"one\",method=\"tools/call\",outcome=\"ok\"} 50\n"
        history.add(try Samples.moment(at: 2, Self.servers, metrics))
        #expect(history.span == nil && history.rows.first?.callsPerMinute == nil)
        #expect(history.rows.first?.facts.calls == 50)
        without = ProxyMoment(instant: 4, time: 1_004)
        without.withoutMetrics = "there are none"
        history.add(without)
        #expect(history.span == nil)
    }

    @Test("Without metrics there is what the list says")
    func listAlone() throws {
        var moment = ProxyMoment(instant: 0, time: 0)
        moment.withoutMetrics = "there are none"
        #expect(MomentHistory(moment).callsPerSecond(of: []) == nil)
    }

    @Test("A name that is cut in labels has its numbers, and one that shows the same as another has its own")
    func names() throws {
        let long = String(repeating: "x", count: 300)
        let label = String(repeating: "x", count: 253) + "…"
        let moment = try Samples.moment(
            at: 0, #""\#(long)":{"state":"ready"},"\u00e9":{"state":"ready"},"e\u0301":{"state":"failed"}"#,
            "mcp_proxy_upstream_restarts_total{server=\"\(label)\"} 3\nmcp_proxy_upstream_restarts_total{server=\"e\u{301}\"} 5\n"
        )
        #expect(moment.servers.map(\.restarts) == [3, nil, 5])
    }

    @Test("What is first to be known of a server is why it is not there")
    func trouble() throws {
        let moment = try Samples.moment(
            at: 0,
            #""a":{"state":"failed","error":"it ended","callError":"x"},"b":{"state":"login needed","login":{"needed":"log in"}},"c":{"state":"ready","callError":"late"},"d":{"state":"ready","circuit":{"state":"open","error":"again"}},"e":{"state":"ready"}"#
        )
        #expect(moment.servers.map(\.trouble) == ["it ended", "log in", "late", "again", nil])
    }

    @Test("Programs get numbers, and nothing for what is not known")
    func json() throws {
        let history = MomentHistory(try moment(20, metrics(50, 10, fast: 60)))
        let text = String(buffer: MomentJSON.text(of: history))
        #expect(text.contains(#""one":{"state":"ready","stateSeconds":60,"callsPerMinute":30,"calls":60,"errors":10,"#))
        #expect(!text.contains("null") && !text.contains("sessions"))
    }
}
