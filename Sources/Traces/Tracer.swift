package import MCPCore
package import NIOCore
import Synchronization

/// Makes spans of requests, of those that the sampler keeps, and leaves them where they are sent from.
package final class Tracer: Sendable {
    private let sampler: Sampler
    private let identifiers = IdentifierSource()
    private let queue: SpanQueue
    /// What the time of day is ahead of the time by which durations are measured, in nanoseconds.
    private let offset = Atomic<Int64>(0)

    package init(_ sampler: Sampler, queue: SpanQueue) {
        self.sampler = sampler
        self.queue = queue
    }

    /// Takes the time of day, in nanoseconds since 1970.
    package func set(_ time: Int64, at moment: NIODeadline) {
        offset.store(time &- Int64(clamping: moment.uptimeNanoseconds), ordering: .relaxed)
    }

    /// Begins the span of a request; nil for one that is not kept, for which nothing is made.
    package func begin(within parent: TraceContext?, at moment: NIODeadline) -> RequestSpan? {
        let trace = parent?.trace ?? identifiers.trace()
        guard sampler.keeps(trace, within: parent) else { return nil }
        return RequestSpan(trace, identifiers.span(), within: parent, at: moment, of: self)
    }

    /// Returns the name for one more span.
    package func span() -> UInt64 { identifiers.span() }

    /// Writes the span of a request down that has ended.
    package func end(
        _ span: RequestSpan, name: String, at end: NIODeadline, _ describe: (inout SpanRecord) -> Void
    ) {
        write(
            SpanRecord(
                .server, span.trace, span.id, within: span.parent.map { ($0.span, true) }, state: span.parent?.state,
                name: name, (time(span.started), time(end))), describe)
    }

    /// Writes the span of an exchange with a server down that has ended.
    package func end(
        _ id: UInt64, in span: RequestSpan, name: String, from start: NIODeadline, to end: NIODeadline,
        _ describe: (inout SpanRecord) -> Void
    ) {
        write(
            SpanRecord(
                .client, span.trace, id, within: (span.id, false), state: span.parent?.state, name: name,
                (time(start), time(end))), describe)
    }

    private func write(_ record: SpanRecord, _ describe: (inout SpanRecord) -> Void) {
        var record = record
        describe(&record)
        queue.add(record.finished)
    }

    private func time(_ moment: NIODeadline) -> UInt64 {
        UInt64(clamping: Int64(clamping: moment.uptimeNanoseconds) &+ offset.load(ordering: .relaxed))
    }
}
