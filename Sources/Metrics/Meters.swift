import MCPValues
import Synchronization

/// What is counted in this run. A server keeps its numbers when it is replaced or started again, and loses them when it is
/// removed.
package final class Meters: Sendable {
    private let series = ToolSeries()
    private let servers = Mutex<[ByteText: ServerMeter]>([:])
    /// Requests that were refused.
    package let refusals = LabelledCounter<RefusalReason>()
    /// What passes between the proxy and its servers.
    package let wire = WireMeter()
    /// Event streams to clients that are open.
    package let streams = Gauge()
    /// Messages to clients that were too slow to take them.
    package let droppedEvents = Counter()
    package let clientBytes = Traffic()
    /// Lines of the log that could not be written.
    package let droppedLines: Counter
    /// Lines of the audit that could not be written.
    package let droppedAuditLines = Counter()
    /// Spans that no collector has taken.
    package let droppedSpans = Counter()

    /// - Parameter droppedLines: Where lines of the log are counted that could not be written.
    package init(droppedLines: Counter = Counter()) {
        self.droppedLines = droppedLines
    }

    /// The servers of which something was counted, by name.
    package var all: [(name: String, meter: ServerMeter)] {
        servers.withLock { servers in
            servers.sorted { $0.key < $1.key }.map { (name: $0.key.text, meter: $0.value) }
        }
    }

    /// The numbers of one server.
    package func server(_ name: String) -> ServerMeter {
        servers.withLock { servers in
            let name = ByteText(name)
            if let meter = servers[name] { return meter }
            let meter = ServerMeter(series)
            servers[name] = meter
            return meter
        }
    }

    /// Forgets a server that is gone.
    package func forget(_ name: String) {
        _ = servers.withLock { $0.removeValue(forKey: ByteText(name)) }
    }
}
