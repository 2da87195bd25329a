package import NIOCore

/// Puts spans together for a collector: an `ExportTraceServiceRequest` of OTLP
/// ([OTLP](https://opentelemetry.io/docs/specs/otlp/)).
package struct TraceExport: Sendable {
    /// The type of what is sent.
    package static let mediaType: StaticString = "application/x-protobuf"
    /// The conventions by which spans are named.
    private static let schema = "https://opentelemetry.io/schemas/1.40.0"

    private let resource: ByteBuffer
    private let scope: ByteBuffer

    /// - Parameters:
    ///   - resource: What is said of the program, in this order.
    ///   - version: That of the program.
    package init(resource: [(key: String, value: String)], version: String) {
        var attributes = ProtobufWriter()
        for (key, value) in resource { attributes.add(1, key, value) }
        self.resource = attributes.bytes
        var scope = ProtobufWriter()
        scope.add(1, "mcp-proxy")
        scope.add(2, version)
        self.scope = scope.bytes
    }

    /// Returns the message that carries some spans.
    package func message(_ spans: [ByteBuffer]) -> ByteBuffer {
        var ofScope = ProtobufWriter()
        ofScope.add(1, scope)
        for span in spans { ofScope.add(2, span) }
        ofScope.add(3, Self.schema)
        var ofResource = ProtobufWriter()
        ofResource.add(1, resource)
        ofResource.add(2, ofScope.bytes)
        var message = ProtobufWriter()
        message.add(1, ofResource.bytes)
        return message.bytes
    }

    /// Reads from a collector's answer how many spans it has not taken; 0 where it says nothing that can be read.
    package static func rejected(in answer: ByteBuffer) -> Int {
        var answer = ProtobufReader(answer)
        guard let partial = answer.field(1)?.message else { return 0 }
        var fields = ProtobufReader(partial)
        return Int(clamping: fields.field(1)?.number ?? 0)
    }
}
