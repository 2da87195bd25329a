import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct LineFramerTests {
    /// The lines that a stream yields when it arrives in these pieces, and the error that ends it.
    private func lines(_ pieces: [[UInt8]], maximumLength: Int = 100) -> ([String], FramingError?) {
        var framer = LineFramer(maximumLength: maximumLength)
        var lines: [String] = []
        do throws(FramingError) {
            for piece in pieces {
                framer.append(ByteBuffer(bytes: piece))
                while let line = try framer.next() { lines.append(line.text) }
            }
            return (lines, nil)
        } catch {
            return (lines, error)
        }
    }

    private static let streams = [
        "a\nb\n", "a\r\nb\r\n", "\n\n\r\n", "a", "", "a\rb\n", "\r\r\n", "12345678\n123456789abcdef\n0\n", "é漢😀\nx",
        #"{"jsonrpc":"2.0"}"# + "\n" + #"{"x":1}"# + "\r\n",
    ]

    @Test("Every way of cutting a stream in two or three gives the same lines", arguments: streams)
    func splits(stream: String) {
        let bytes = Array(stream.utf8)
        let whole = lines([bytes]).0
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let pieces = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
                #expect(lines(pieces).0 == whole, "cut at \(first) and \(second)")
            }
        }
        #expect(lines(bytes.map { [$0] }).0 == whole, "byte by byte")
    }

    @Test("Lines end with LF, and one CR before it is dropped")
    func ends() {
        #expect(lines([Array("a\nb\r\nc\rd\r\r\n\n".utf8)]).0 == ["a", "b", "c\rd\r", ""])
    }

    @Test("A line may be as long as allowed and not a byte longer, however it arrives")
    func limit() {
        let fitting = Array(repeating: UInt8(ascii: "x"), count: 20) + [0x0A]
        let longer = [UInt8(ascii: "x")] + fitting
        for cut in 0...20 {
            let (found, error) = lines([Array(fitting[..<cut]), Array(fitting[cut...])], maximumLength: 20)
            #expect(found.count == 1 && error == nil, "cut at \(cut)")
            let (none, tooLong) = lines([Array(longer[..<cut]), Array(longer[cut...])], maximumLength: 20)
            #expect(none.isEmpty && tooLong == FramingError(code: .lineTooLong, limit: 20), "cut at \(cut)")
        }
    }

    @Test("A line without an end is refused as soon as it is too long")
    func endless() {
        #expect(lines([Array(repeating: 0x78, count: 20)], maximumLength: 20).1 == nil)
        #expect(lines([Array(repeating: 0x78, count: 21)], maximumLength: 20).1?.code == .lineTooLong)
    }

    @Test("Lines before one that is too long are still delivered")
    func before() {
        let (found, error) = lines([Array("ok\n123456\n".utf8)], maximumLength: 5)
        #expect(found == ["ok"])
        #expect(error?.limit == 5)
    }

    @Test("What has no end yet is counted as pending")
    func pending() throws {
        var framer = LineFramer(maximumLength: 100)
        framer.append(ByteBuffer(string: "a\nbc"))
        #expect(try framer.next()?.text == "a")
        #expect(try framer.next() == nil)
        #expect(framer.pendingBytes == 2)
    }

    @Test("A byte is found at every distance from the start", arguments: 0..<40)
    func offsets(distance: Int) {
        for lead in 0..<9 {
            // Bytes beside the one that is looked for are what a carry between them would mistake for it.
            for filler: UInt8 in [0x00, 0x09, 0x0B, 0x8A, 0xFF] {
                var buffer = ByteBuffer(repeating: filler, count: lead + distance)
                buffer.writeInteger(UInt8(0x0A))
                buffer.writeRepeatingByte(0x0A, count: 9)
                #expect(buffer.offset(of: 0x0A, from: lead) == distance)
            }
        }
        let none = ByteBuffer(repeating: 0x0B, count: distance)
        #expect(none.offset(of: 0x0A, from: 0) == nil)
    }
}
