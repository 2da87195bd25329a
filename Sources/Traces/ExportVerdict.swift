package import NIOCore

/// What a collector's answer means for the spans that it was sent
/// ([OTLP](https://opentelemetry.io/docs/specs/otlp/#otlphttp-response)).
package enum ExportVerdict: Sendable, Equatable {
    /// All but so many were taken.
    case taken(rejected: Int)
    /// They are not taken, now or later; why, in words for the log.
    case refused(String)
    /// They may be sent once more, in so many seconds where that was said.
    case later(seconds: Int?, String)

    private static let passing: Set<Int> = [429, 502, 503, 504]

    /// Judges an answer. Nothing of its body is repeated.
    package init(status: Int, contentType: String?, retryAfter: Int?, _ body: ByteBuffer) {
        if (200..<300).contains(status) {
            // A page for people is there for every address, spans or not.
            let isPage = contentType?.lowercased().hasPrefix("text/html") == true
            self =
                isPage
                ? .refused("it answered with a page for people, so that no collector is at this address")
                : .taken(rejected: TraceExport.rejected(in: body))
        } else if Self.passing.contains(status) {
            self = .later(seconds: retryAfter.map { max(0, $0) }, "it answered \(status)")
        } else {
            self = .refused("it answered \(status)")
        }
    }
}
