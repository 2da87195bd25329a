import MCPCore
import NIOCore
import Testing

@testable import Metrics

/// What is counted of one server.
@Suite struct ServerMeterTests {
    private let meters = Meters()

    private func count(
        _ tool: String?, at server: String = "git", _ outcome: RequestOutcome = .ok, isListed: Bool = true
    ) {
        meters.server(server).count(
            .toolsCall, outcome, by: .modern, nanoseconds: 1_000_000, tool: tool, isListed: { _ in isListed })
    }

    private func lines(_ family: MetricFamily, _ servers: String...) -> [String] {
        var exposition = Exposition(.prometheus)
        exposition.addRequests(to: servers.map { (name: $0, meter: meters.server($0)) })
        return String(buffer: exposition.finished).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix("\(family.name){") }
    }

    @Test("Requests are counted by what was asked, by whom and how they ended")
    func requests() {
        let meter = meters.server("git")
        for outcome in [RequestOutcome.ok, .ok, .timeout] {
            meter.count(.toolsList, outcome, by: .legacy, nanoseconds: 1, tool: nil, isListed: { _ in false })
        }
        meter.count(.other, .error, by: .modern, nanoseconds: 1, tool: "x", isListed: { _ in true })
        #expect(
            lines(.requests, "git") == [
                #"mcp_proxy_requests_total{server="git",method="other",outcome="error",client_era="modern"} 1"#,
                #"mcp_proxy_requests_total{server="git",method="tools/list",outcome="ok",client_era="legacy"} 2"#,
                #"mcp_proxy_requests_total{server="git",method="tools/list",outcome="timeout",client_era="legacy"} 1"#,
            ])
        #expect(lines(.toolCalls, "git").isEmpty, "no tool was called")
    }

    @Test("Tools are told apart that the server lists; all others are one, also one that is called so")
    func tools() {
        count("commit")
        count("commit", .toolError)
        count("made up", isListed: false)
        count("other")
        count(nil)
        #expect(
            lines(.toolCalls, "git") == [
                #"mcp_proxy_tool_calls_total{server="git",tool="commit",outcome="ok"} 1"#,
                #"mcp_proxy_tool_calls_total{server="git",tool="commit",outcome="tool_error"} 1"#,
                #"mcp_proxy_tool_calls_total{server="git",tool="other",outcome="ok"} 3"#,
            ])
    }

    @Test("There are so many series of tools at all servers and no more, and room again when a server is gone")
    func bounded() {
        for number in 0..<1_500 { count("tool \(number)", at: "a") }
        for number in 0..<1_500 { count("tool \(number)", at: "b") }
        #expect(lines(.toolCalls, "a").count == 1_500)
        #expect(lines(.toolCalls, "b").count == 501)
        #expect(lines(.toolCalls, "b").contains { $0.hasSuffix("tool=\"other\",outcome=\"ok\"} 1000") })
        count("tool 0", at: "b")
        #expect(lines(.toolCalls, "b").contains { $0.contains("\"tool 0\"") && $0.hasSuffix("} 2") })
        meters.forget("a")
        for number in 0..<1_500 { count("tool \(number)", at: "c") }
        #expect(lines(.toolCalls, "c").count == 1_500)
    }

    @Test("Names that look the same are two, and one that is too long is counted as it is shown")
    func names() {
        for name in ["e\u{301}", "\u{E9}"] { count(name) }
        #expect(lines(.toolCalls, "git").count == 2)
        for end in ["a", "b"] { count(String(repeating: "x", count: 100_000) + end) }
        #expect(lines(.toolCalls, "git").count == 3)
        #expect(lines(.toolCalls, "git").allSatisfy { $0.utf8.count < 400 })
    }
}
