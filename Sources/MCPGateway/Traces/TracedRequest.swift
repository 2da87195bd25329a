/// Holds what a span tells of a request besides what is counted.
struct TracedRequest: Sendable {
    var span = SpanChoice.undecided
    /// The session to which it belongs; nil for none.
    var session: String?
    /// The revision in which its client has sent it.
    var version: String?
}
