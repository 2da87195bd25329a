/// Says of which trace something is a part, and of which span in it
/// ([W3C Trace Context](https://www.w3.org/TR/trace-context/)).
///
/// A class, because most requests have none: those that do not pay for its place.
package final class TraceContext: Sendable {
    /// The four fields that every version has: version, trace, parent and flags.
    private static let length = 55
    private static let dashes = [2, 35, 52]
    /// How long a value may be, with what later versions append.
    private static let maximumLength = 512

    /// `traceparent`, as it came or as we write it.
    package let parent: String
    /// `tracestate`, where there is one that is valid.
    package let state: String?
    package let trace: TraceID
    package let span: UInt64
    /// Whether who made the span keeps it.
    package let isSampled: Bool

    /// Reads what a client says; nil where that is not valid. A `tracestate` that is not valid is left out.
    package init?(parent text: String, state: String? = nil) {
        let bytes = Array(text.utf8)
        guard (Self.length...Self.maximumLength).contains(bytes.count),
            Self.dashes.allSatisfy({ bytes[$0] == UInt8(ascii: "-") }),
            let version = Hexadecimal.number(bytes[..<2]), version != 0xFF,
            let high = Hexadecimal.number(bytes[3..<19]), let low = Hexadecimal.number(bytes[19..<35]),
            high | low != 0, let span = Hexadecimal.number(bytes[36..<52]), span != 0,
            let flags = Hexadecimal.number(bytes[53..<55])
        else { return nil }
        if bytes.count > Self.length {
            // What is appended by later versions means nothing to us, and goes into a header field.
            guard version != 0, bytes[Self.length] == UInt8(ascii: "-"),
                bytes.allSatisfy({ (0x21...0x7E).contains($0) })
            else { return nil }
        }
        parent = text
        self.state = state.flatMap(TraceState.valid)
        trace = TraceID(high: high, low: low)
        self.span = span
        isSampled = flags & 1 == 1
    }

    /// Names a span of ours that is kept.
    package init(_ trace: TraceID, span: UInt64, state: String?) {
        parent = "00-\(trace)-\(Hexadecimal.text(of: span))-01"
        self.state = state
        self.trace = trace
        self.span = span
        isSampled = true
    }

    /// `traceparent` without what later versions append, for the log.
    package var shown: String {
        parent.utf8.count == Self.length ? parent : String(decoding: parent.utf8.prefix(Self.length), as: UTF8.self)
    }
}
