package import Metrics
package import NIOCore

/// Tells what is counted and measured. Implemented by the program that owns the servers.
package protocol MetricsManagement: Sendable {
    /// Returns all metrics, in one of the formats that scrapers read.
    func metrics(in format: ExpositionFormat) async -> ByteBuffer
}
