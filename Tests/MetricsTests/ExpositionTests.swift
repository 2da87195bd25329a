import MCPCore
import NIOCore
import Testing

@testable import Metrics

/// What a scraper reads.
@Suite struct ExpositionTests {
    private func text(_ format: ExpositionFormat = .prometheus, _ body: (inout Exposition) -> Void) -> String {
        var exposition = Exposition(format)
        body(&exposition)
        return String(buffer: exposition.finished)
    }

    @Test("A counter is called by all of its name in one format, and by what it counts in the other")
    func counter() {
        let body: (inout Exposition) -> Void = { exposition in
            exposition.begin(.orphanAnswers)
            exposition.add(3)
        }
        let help = "Answers of servers for which nobody waited any more."
        #expect(
            text(.prometheus, body) == """
                # HELP mcp_proxy_orphan_answers_total \(help)
                # TYPE mcp_proxy_orphan_answers_total counter
                mcp_proxy_orphan_answers_total 3

                """)
        #expect(
            text(.openMetrics, body) == """
                # HELP mcp_proxy_orphan_answers \(help)
                # TYPE mcp_proxy_orphan_answers counter
                mcp_proxy_orphan_answers_total 3
                # EOF

                """)
    }

    @Test("Labels stand in their order, and an empty one as if it were none")
    func labels() {
        let lines = text {
            $0.begin(.upstreamState)
            $0.add(1, "git", "ready")
            $0.add(0, "", "failed")
        }
        #expect(lines.contains("\nmcp_proxy_upstream_state{server=\"git\",state=\"ready\"} 1\n"))
        #expect(lines.contains("\nmcp_proxy_upstream_state{state=\"failed\"} 0\n"))
    }

    @Test("What would end a label is escaped, and a long one is cut between characters")
    func hostile() {
        let name = "a\"} 1\n\\b\u{202E}<b>"
        let long = String(repeating: "ä", count: 50_000)
        let lines = text {
            $0.begin(.inFlight)
            $0.add(1, name)
            $0.add(2, long)
        }
        #expect(lines.contains("{server=\"a\\\"} 1\\n\\\\b\u{202E}<b>\"} 1\n"))
        #expect(lines.split(separator: "\n").count == 4)
        #expect(Exposition.shown(long) == String(repeating: "ä", count: 126) + "…")
        #expect(Exposition.shown(String(repeating: "a", count: 256)).utf8.count == 256)
    }

    @Test("A series that would stand there twice stands there once: a scraper refuses the page otherwise")
    func twice() {
        let lines = text {
            $0.begin(.inFlight)
            $0.add(1, String(repeating: "a", count: 300))
            $0.add(2, String(repeating: "a", count: 301))
            $0.begin(.queued)
            $0.add(3, String(repeating: "a", count: 301))
        }
        #expect(lines.split(separator: "\n").filter { !$0.hasPrefix("#") }.count == 2)
    }

    @Test("A histogram has a line for each class, with all that were quicker, and their sum and number")
    func histogram() {
        var times = Histogram()
        for nanoseconds in [-5, 0, 1_000_000, 1_000_001, 400_000_000_000] as [Int64] {
            times.observe(nanoseconds: nanoseconds)
        }
        let lines = text {
            $0.begin(.requestTimes)
            $0.add(times, "git", "tools/call")
        }.split(separator: "\n").dropFirst(2)
        let labels = "server=\"git\",method=\"tools/call\""
        #expect(lines.first == "mcp_proxy_request_seconds_bucket{\(labels),le=\"0.001\"} 3")
        #expect(lines.dropFirst().first == "mcp_proxy_request_seconds_bucket{\(labels),le=\"0.0025\"} 4")
        #expect(
            lines.suffix(3) == [
                "mcp_proxy_request_seconds_bucket{\(labels),le=\"+Inf\"} 5",
                "mcp_proxy_request_seconds_sum{\(labels)} 400.002000001",
                "mcp_proxy_request_seconds_count{\(labels)} 5",
            ])
        #expect(lines.count == Histogram.bounds.count + 3)
    }

    @Test("Every family has a name of its own, a counter ends in _total, and help on one line")
    func families() {
        let families = MetricFamily.all
        #expect(Set(families.map(\.name)).count == families.count)
        for family in families {
            #expect(family.name.hasSuffix("_total") == (family.kind == .counter), "\(family.name)")
            #expect(!family.help.isEmpty && !family.help.contains("\n") && !family.help.contains("\\"))
            #expect(family.name.hasPrefix("mcp_proxy_") || family.name.hasPrefix("process_"))
        }
    }
}
