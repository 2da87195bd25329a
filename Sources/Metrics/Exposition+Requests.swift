import MCPCore
import MCPValues

// MARK: - Requests

extension Exposition {
    /// Writes what was counted of requests.
    ///
    /// - Parameter servers: The servers that are shown, as they are shown, with their numbers.
    package mutating func addRequests(to servers: [(name: String, meter: ServerMeter)]) {
        let all = servers.map { (name: $0.name, numbers: $0.meter.current) }
        begin(.requests)
        for (name, numbers) in all {
            for (kind, count) in numbers.requests.entries.sorted(by: { $0.key < $1.key }) {
                add(count, name, kind.method.label, kind.outcome.rawValue, kind.era.rawValue)
            }
        }
        begin(.requestTimes)
        for (name, numbers) in all {
            for (method, times) in numbers.times.entries.sorted(by: { $0.key.label < $1.key.label }) {
                add(times, name, method.label)
            }
        }
        let tools = all.map { (name: $0.name, tools: $0.numbers.tools.sorted { $0.key < $1.key }) }
        begin(.toolCalls)
        for (name, tools) in tools {
            for (kind, times) in tools { add(times.count, name, kind.label, kind.outcome.rawValue) }
        }
        begin(.toolTimes)
        for (name, tools) in tools {
            for (kind, times) in tools { add(times, name, kind.label, kind.outcome.rawValue) }
        }
    }
}

extension Method {
    /// What it is called in a label: the methods that the proxy does not know are told apart by nobody.
    fileprivate var label: String { self == .other ? "other" : rawValue }
}

extension ServerMeter.Kind: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        (left.method.label, left.outcome.rawValue, left.era.rawValue)
            < (right.method.label, right.outcome.rawValue, right.era.rawValue)
    }
}

extension ServerMeter.ToolKind: Comparable {
    fileprivate var label: String { tool?.text ?? Self.others }

    static func < (left: Self, right: Self) -> Bool {
        (left.label, left.outcome.rawValue) < (right.label, right.outcome.rawValue)
    }
}
