package import MCPCore
package import NIOCore

/// The span of one request of a client that is kept.
package final class RequestSpan: Sendable {
    package let trace: TraceID
    package let id: UInt64
    /// What the client says; nil where it is the first of its trace.
    package let parent: TraceContext?
    package let started: NIODeadline
    package let tracer: Tracer

    init(_ trace: TraceID, _ id: UInt64, within parent: TraceContext?, at started: NIODeadline, of tracer: Tracer) {
        self.tracer = tracer
        self.trace = trace
        self.id = id
        self.parent = parent
        self.started = started
    }

    /// Returns what a server is told whose answer is waited for in a span.
    package func context(of span: UInt64) -> TraceContext { TraceContext(trace, span: span, state: parent?.state) }
}
