import Traces

/// Says whether it is decided if a request has a span, and which one.
enum SpanChoice: Sendable {
    case undecided
    /// nil for none.
    case decided(RequestSpan?)
}
