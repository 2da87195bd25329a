import MCPCore
import MCPUpstream
import NIOCore

extension CircuitBreaker.Report {
    /// What the status page and the management API say of a circuit that is open.
    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("state", nextProbe == nil ? "half-open" : "open")
        object.add("failures", failures)
        if let nextProbe {
            let wait = max(0, (nextProbe - .now()).nanoseconds)
            object.add("nextProbeInSeconds", Int((wait + 999_999_999) / 1_000_000_000))
        }
        object.add("error", reason)
        return object.finished
    }
}
