import BenchmarkKit

/// What a run has found.
struct Report: Sendable {
    var nanoseconds: Int64 = 0
    /// Nanoseconds on a processor, by process.
    var processorTimes: [(process: Int, time: UInt64)] = []
    /// Calls whose time had come in an open loop, and that no client was free to make before the end.
    var unsent = 0
    private var latencies = Histogram()
    private var bytes = 0

    mutating func record(_ latency: UInt64, bytes: Int) {
        latencies.record(latency)
        self.bytes += bytes
    }

    /// One line of JSON.
    var json: String {
        let times = processorTimes.map { "\"\($0.process)\":\($0.time)" }.joined(separator: ",")
        return "{\"calls\":\(latencies.count),\"nanoseconds\":\(nanoseconds),\"bytes\":\(bytes),\"unsent\":\(unsent),"
            + "\"p50\":\(latencies.quantile(0.5)),\"p99\":\(latencies.quantile(0.99)),\"max\":\(latencies.maximum),"
            + "\"processorTimes\":{\(times)}}"
    }
}
