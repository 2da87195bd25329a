import Foundation
import Testing

@testable import Metrics

/// The table in docs/observability.md is made from the families; `MCP_PROXY_RENEW_METRICS=1` writes it anew.
@Suite struct MetricTableTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/observability.md")

    private var rows: String {
        let families = MetricFamily.all.map { family in
            let labels = family.labels.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(family.name)` | \(family.kind.rawValue) | \(labels) | \(family.help) |"
        }
        return (["| Name | Kind | Labels | |", "|---|---|---|---|"] + families).joined(separator: "\n")
    }

    @Test("The table of metrics is the one that the families make")
    func table() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let start = try #require(text.range(of: "MetricFamily.swift -->\n"))
        let end = try #require(text.range(of: "<!-- end of metrics -->"))
        let made = text[..<start.upperBound] + "\n\(rows)\n\n" + text[end.lowerBound...]
        if ProcessInfo.processInfo.environment["MCP_PROXY_RENEW_METRICS"] != nil {
            try String(made).write(to: Self.page, atomically: true, encoding: .utf8)
        }
        let isCurrent = text == made
        #expect(isCurrent, "MCP_PROXY_RENEW_METRICS=1 swift test --filter MetricTableTests writes it anew")
    }

    @Test("Each family has a name of its own, and each counter ends as one")
    func names() {
        #expect(Set(MetricFamily.all.map(\.name)).count == MetricFamily.all.count)
        for family in MetricFamily.all { #expect((family.kind == .counter) == family.name.hasSuffix("_total")) }
    }
}
