package import MCPCore
import MCPValues
import Metrics
package import NIOCore

/// What is known of a proxy and its servers at one moment.
package struct ProxyMoment: Sendable, Equatable {
    /// When that was, by a clock that only goes on, in seconds.
    package let instant: Double
    /// When that was, in seconds since 1970.
    package let time: Double
    package var servers: [ServerFacts] = []
    package var version: String?
    /// When the proxy was started, in seconds since 1970.
    package var started: Double?
    package var sessions: Int?
    package var streams: Int?
    package var memory: Double?
    /// Why nothing is known of what is counted; nil where it is.
    package var withoutMetrics: String?

    package init(instant: Double, time: Double) {
        (self.instant, self.time) = (instant, time)
    }

    /// What clients use servers for. The other methods say nothing of how a server does.
    private static let calls: Set<String> = ["tools/call", "resources/read", "prompts/get"]
    /// How calls end that somebody has to look after; what the proxy refuses, or a client gives up, is no failure.
    private static let failures: Set<String> = ["tool_error", "error", "timeout", "unavailable"]
    private static let names =
        [
            .requests, .inFlight, .queued, .restarts, .processMemory, .processTime, .sessions, .streams,
            .residentMemory,
            .startTime, .buildInfo,
        ].map(\MetricFamily.name) + [MetricFamily.requestTimes.name + "_bucket"]

    /// Takes the list of the management API.
    package mutating func take(list: JSONView) {
        list["servers"]?.forEachMember { servers.append(ServerFacts(name: $0, $1)) }
    }

    /// Takes what is counted, of the servers that are in the list.
    package mutating func take(metrics: ByteBuffer) {
        // Names are cut in labels. Of two that are cut alike one alone is told of.
        var places: [ByteText: Int] = [:]
        for (index, server) in servers.enumerated().reversed() {
            places[ByteText(Exposition.shown(server.name))] = index
            servers[index].calls = 0
            servers[index].errors = 0
        }
        MetricText(metrics).forEachSample(of: Self.names) { sample in
            guard let place = places[ByteText(sample.label("server"))] else { return take(sample) }
            servers[place].take(sample, calls: Self.calls, failures: Self.failures)
        }
    }

    private mutating func take(_ sample: MetricText.Sample) {
        switch sample.name {
        case MetricFamily.sessions.name: sessions = Int(exactly: sample.value)
        case MetricFamily.streams.name: streams = Int(exactly: sample.value)
        case MetricFamily.residentMemory.name: memory = sample.value
        case MetricFamily.startTime.name: started = sample.value
        case MetricFamily.buildInfo.name: version = sample.label("version")
        default: break
        }
    }
}

extension ServerFacts {
    fileprivate mutating func take(_ sample: MetricText.Sample, calls: Set<String>, failures: Set<String>) {
        switch sample.name {
        case MetricFamily.requests.name:
            guard calls.contains(sample.label("method")) else { return }
            self.calls = (self.calls ?? 0) + sample.value
            if failures.contains(sample.label("outcome")) { errors = (errors ?? 0) + sample.value }
        case MetricFamily.inFlight.name: inFlight = Int(exactly: sample.value)
        case MetricFamily.queued.name: queued = Int(exactly: sample.value)
        case MetricFamily.restarts.name: restarts = Int(exactly: sample.value)
        case MetricFamily.processMemory.name: memory = sample.value
        case MetricFamily.processTime.name: processorSeconds = sample.value
        // The buckets of the times alone are asked for beside those.
        default:
            guard calls.contains(sample.label("method")), let bound = Double(sample.label("le")) else { return }
            times.add(atMost: bound, sample.value)
        }
    }
}
