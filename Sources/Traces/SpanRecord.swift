package import MCPCore
import NIOCore

/// One span as collectors read it
/// ([trace.proto](https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto)).
/// It is written at once, so that what waits to be sent holds nothing of requests.
package struct SpanRecord: Sendable {
    /// On which side of a request it was made.
    package enum Kind: UInt64, Sendable {
        case server = 2
        case client = 3
    }

    private static let isError: UInt64 = 2
    /// Whether it is known that the parent is another program's, and that it is.
    private static let (knowsParent, isParentRemote): (UInt32, UInt32) = (0x100, 0x200)

    private var fields = ProtobufWriter()

    /// - Parameters:
    ///   - parent: The span in whose course it was made; nil for none.
    ///   - name: What was done: few different ones.
    ///   - times: When it began and ended, in nanoseconds since 1970.
    package init(
        _ kind: Kind, _ trace: TraceID, _ span: UInt64, within parent: (span: UInt64, isRemote: Bool)?, state: String?,
        name: String, _ times: (start: UInt64, end: UInt64)
    ) {
        fields.add(1, bytesOf: trace.high, trace.low)
        fields.add(2, bytesOf: span)
        if let state { fields.add(3, state) }
        if let parent { fields.add(4, bytesOf: parent.span) }
        fields.add(5, name)
        fields.add(6, kind.rawValue)
        fields.add(7, fixed: times.start)
        fields.add(8, fixed: max(times.start, times.end))
        let remote = parent?.isRemote == true ? Self.isParentRemote : 0
        fields.add(16, fixed: 1 | Self.knowsParent | remote)
    }

    /// Says something in a text.
    package mutating func add(_ key: String, _ text: String) { fields.add(9, key, text) }

    /// Says something in a number.
    package mutating func add(_ key: String, _ number: Int) { fields.add(9, key, number) }

    /// Names another span that has to do with it.
    package mutating func link(to other: TraceContext) {
        var link = ProtobufWriter()
        link.add(1, bytesOf: other.trace.high, other.trace.low)
        link.add(2, bytesOf: other.span)
        if let state = other.state { link.add(3, state) }
        link.add(6, fixed: (other.isSampled ? 1 : 0) | Self.knowsParent | Self.isParentRemote)
        fields.add(13, link.bytes)
    }

    /// Says that what was done has failed.
    ///
    /// - Parameter kind: How, in a word of which there are few.
    package mutating func fail(_ kind: String) {
        add("error.type", kind)
        var status = ProtobufWriter()
        status.add(3, Self.isError)
        fields.add(15, status.bytes)
    }

    var finished: ByteBuffer { fields.bytes }
}
