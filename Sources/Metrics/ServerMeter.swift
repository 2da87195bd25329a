package import MCPCore
import MCPValues
import Synchronization

/// What is counted of one server: its requests, by what was asked, by whom and how they ended, and its tokens.
package final class ServerMeter: Sendable {
    /// What is counted together.
    struct Kind: Hashable, Sendable {
        let method: Method
        let outcome: RequestOutcome
        let era: ClientEra
    }

    /// The calls of one tool that ended alike.
    struct ToolKind: Hashable, Sendable {
        /// As it is shown; nil for all tools that are not told apart.
        let tool: ByteText?
        let outcome: RequestOutcome

        /// How all those are called.
        static let others = "other"

        /// As a tool is shown; nil where it would be taken for all others.
        static func label(of tool: String) -> ByteText? { tool == others ? nil : ByteText(Exposition.shown(tool)) }
    }

    struct Numbers: Sendable {
        var requests = FewEntries<Kind, UInt64>(startingAt: 0)
        var times = FewEntries<Method, Histogram>(startingAt: Histogram())
        var tools: [ToolKind: Histogram] = [:]
        /// How many of the series of tools take room.
        fileprivate var taken = 0
    }

    /// The tokens for it that were renewed, or got without anybody's help.
    package let renewals = LabelledCounter<TokenRenewal>()
    private let numbers = Mutex(Numbers())
    private let series: ToolSeries

    /// - Parameter series: The room for series of tools, at all servers.
    package init(_ series: ToolSeries = ToolSeries()) {
        self.series = series
    }

    deinit {
        series.give(numbers.withLock { $0.taken })
    }

    /// Counts a request that has ended.
    ///
    /// - Parameters:
    ///   - tool: Which one was called. Is asked for calls of tools only.
    ///   - isListed: Whether the server lists that tool. Is asked when one comes for the first time: the names of others are
    ///     their callers' to choose.
    package func count(
        _ method: Method, _ outcome: RequestOutcome, by era: ClientEra, nanoseconds: Int64,
        tool: @autoclosure () -> String?, isListed: (String) -> Bool
    ) {
        let tool = method == .toolsCall ? tool() : nil
        numbers.withLock { numbers in
            numbers.requests.add(Kind(method: method, outcome: outcome, era: era)) { $0 += 1 }
            numbers.times.add(method) { $0.observe(nanoseconds: nanoseconds) }
            guard method == .toolsCall else { return }
            let kind = ToolKind(tool: tool.flatMap(ToolKind.label), outcome: outcome)
            // Nearly always it has a place, which is looked up once.
            if let place = numbers.tools.index(forKey: kind) {
                numbers.tools.values[place].observe(nanoseconds: nanoseconds)
                return
            }
            let isToldApart = tool.map(isListed) == true && take(&numbers)
            let shown = isToldApart ? kind : ToolKind(tool: nil, outcome: outcome)
            numbers.tools[shown, default: Histogram()].observe(nanoseconds: nanoseconds)
        }
    }

    private func take(_ numbers: inout Numbers) -> Bool {
        guard series.take() else { return false }
        numbers.taken += 1
        return true
    }

    /// As they are now.
    var current: Numbers { numbers.withLock { $0 } }
}
