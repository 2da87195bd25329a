import MCPCore
import NIOCore
import Testing

@testable import Traces

/// The interop tests read what is written with the published schema; here is what that does not show.
@Suite struct TraceExportTests {
    @Test("Numbers of any size are written as the encoding has them")
    func numbers() {
        var writer = ProtobufWriter()
        writer.add(1, 150)
        writer.add(16, 1)
        writer.add(2, UInt64(0))
        #expect(Array(writer.bytes.readableBytesView) == [0x08, 0x96, 0x01, 0x80, 0x01, 0x01])
        var reader = ProtobufReader(writer.bytes)
        #expect(reader.field(16)?.number == 1)
        var largest = ProtobufWriter()
        largest.add(1, UInt64.max)
        var other = ProtobufReader(largest.bytes)
        #expect(other.field(1)?.number == UInt64.max)
    }

    @Test("A long value is cut where a character ends")
    func cut() throws {
        var writer = ProtobufWriter()
        writer.add(9, "key", String(repeating: "é", count: 2_000))
        var attribute = ProtobufReader(try #require(writer.bytes.firstField(9)?.message))
        var value = ProtobufReader(try #require(attribute.field(2)?.message))
        let text = try #require(value.field(1)?.message)
        #expect(String(buffer: text) == String(repeating: "é", count: 512))
    }

    @Test("A collector says how many spans it has not taken; what is no answer of one says nothing")
    func rejected() {
        var partial = ProtobufWriter()
        partial.add(2, "because")
        partial.add(1, UInt64(7))
        var answer = ProtobufWriter()
        answer.add(1, partial.bytes)
        #expect(TraceExport.rejected(in: answer.bytes) == 7)
        #expect(TraceExport.rejected(in: ByteBuffer()) == 0)
        #expect(TraceExport.rejected(in: ByteBuffer(string: "<html>no collector</html>")) == 0)
        #expect(TraceExport.rejected(in: ByteBuffer(bytes: [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])) == 0)
        #expect(TraceExport.rejected(in: ByteBuffer(repeating: 0xFF, count: 64)) == 0)
    }
}

extension ByteBuffer {
    fileprivate func firstField(_ number: UInt64) -> ProtobufReader.Value? {
        var reader = ProtobufReader(self)
        return reader.field(number)
    }
}
