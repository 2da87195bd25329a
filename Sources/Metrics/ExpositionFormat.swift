/// In which form metrics are told.
package enum ExpositionFormat: Sendable {
    /// [The text format of Prometheus](https://prometheus.io/docs/instrumenting/exposition_formats/), version 0.0.4.
    case prometheus
    /// [OpenMetrics](https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md), version 1.0.0.
    case openMetrics

    /// The form that a scraper asks for; that of Prometheus where it does not say.
    ///
    /// - Parameter accept: The fields `Accept` of its request. A form that is refused there (`q=0`) is not asked for; how
    ///   much more one is liked than another is not weighed, because both say the same.
    package init(accept: [String]) {
        let isAskedFor = accept.contains { field in
            field.utf8.split(separator: UInt8(ascii: ",")).contains { Self.asksForOpenMetrics(Substring($0)) }
        }
        self = isAskedFor ? .openMetrics : .prometheus
    }

    private static func asksForOpenMetrics(_ range: Substring) -> Bool {
        let parts = range.lowercased().filter { $0 != " " && $0 != "\t" }
            .split(separator: ";", omittingEmptySubsequences: false)
        guard parts.first == "application/openmetrics-text" else { return false }
        return !parts.contains { $0.hasPrefix("q=0") && $0.dropFirst(2).allSatisfy { $0 == "0" || $0 == "." } }
    }

    package var mediaType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}
