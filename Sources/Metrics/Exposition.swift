package import NIOCore

/// Writes metrics as a scraper reads them, family after family.
package struct Exposition {
    /// How much of a label is shown: names of servers and tools are theirs to choose.
    package static let maximumLabelBytes = 256

    private let format: ExpositionFormat
    private var text = ByteBuffer()
    private var family: MetricFamily?
    /// The labels of the series of this family that were written: a scraper refuses a page on which one stands twice.
    private var written: Set<ByteBuffer> = []

    package init(_ format: ExpositionFormat) {
        self.format = format
    }

    /// All that was written.
    package var finished: ByteBuffer {
        guard format == .openMetrics else { return text }
        var text = text
        text.writeString("# EOF\n")
        return text
    }

    /// Begins a family. Its series follow. Each family comes once.
    package mutating func begin(_ family: MetricFamily) {
        self.family = family
        written = []
        // The end of a counter's name belongs to its samples there.
        let name = format == .openMetrics && family.kind == .counter ? String(family.name.dropLast(6)) : family.name
        text.writeString("# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n")
    }

    /// Writes one series of the family that was begun last, unless there is one with the same labels.
    ///
    /// - Parameter labels: The values of its labels, in their order. An empty one is as if there were none.
    package mutating func add(_ value: some BinaryInteger, _ labels: String...) {
        series(labels) { $0.sample("", $1, String(value)) }
    }

    package mutating func add(_ value: Double, _ labels: String...) {
        series(labels) { $0.sample("", $1, Self.text(of: value)) }
    }

    package mutating func add(_ histogram: Histogram, _ labels: String...) {
        series(labels) { exposition, labels in
            let cumulated = histogram.cumulated
            let bounds = Histogram.bounds.map { Self.text(of: Double($0) / 1_000_000) } + ["+Inf"]
            for (bound, count) in zip(bounds, cumulated) {
                var labels = labels
                Self.add("le", bound, to: &labels)
                exposition.sample("_bucket", labels, String(count))
            }
            exposition.sample("_sum", labels, Self.text(of: Double(histogram.sum) / 1_000_000_000))
            exposition.sample("_count", labels, String(cumulated.last ?? 0))
        }
    }

    private mutating func series(_ values: [String], _ body: (inout Exposition, ByteBuffer) -> Void) {
        var labels = ByteBuffer()
        for (name, value) in zip(family?.labels ?? [], values) where !value.isEmpty {
            Self.add(name, value, to: &labels)
        }
        guard written.insert(labels).inserted else { return }
        body(&self, labels)
    }

    private mutating func sample(_ end: String, _ labels: ByteBuffer, _ value: String) {
        text.writeString("\(family?.name ?? "")\(end)")
        if labels.readableBytes > 0 {
            text.writeStaticString("{")
            text.writeImmutableBuffer(labels)
            text.writeStaticString("}")
        }
        text.writeString(" \(value)\n")
    }

    private static func add(_ name: String, _ value: String, to labels: inout ByteBuffer) {
        if labels.readableBytes > 0 { labels.writeStaticString(",") }
        labels.writeString("\(name)=\"")
        for byte in shown(value).utf8 {
            switch byte {
            case UInt8(ascii: "\\"): labels.writeStaticString("\\\\")
            case UInt8(ascii: "\""): labels.writeStaticString("\\\"")
            case UInt8(ascii: "\n"): labels.writeStaticString("\\n")
            default: labels.writeInteger(byte)
            }
        }
        labels.writeStaticString("\"")
    }

    /// Returns what is shown of a label: all of it, or its beginning and an ellipsis.
    package static func shown(_ value: String) -> String {
        guard value.utf8.count > maximumLabelBytes else { return value }
        var bytes = 0
        let beginning = value.unicodeScalars.prefix { scalar in
            bytes += UTF8.width(scalar)
            return bytes <= maximumLabelBytes - 3
        }
        return String(beginning) + "…"
    }

    /// A number as both formats take it: whole ones with a digit behind the point.
    private static func text(of value: Double) -> String { "\(value)" }
}
