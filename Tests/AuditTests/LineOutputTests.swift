import NIOCore
import Testing

@testable import Audit

@Suite struct LineOutputTests {
    private func line(_ room: Int, _ write: (inout LineOutput) -> Void) -> String {
        var bytes = ByteBuffer()
        unsafe bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { memory in
            var line = unsafe LineOutput(memory)
            write(&line)
            return line.count
        }
        return String(buffer: bytes)
    }

    @Test("Numbers are written in decimal digits", arguments: [0, 1, 9, 10, 99, 100, 1_234_567, Int.max])
    func numbers(number: Int) {
        #expect(line(20) { $0.add(number) } == "\(number)")
    }

    @Test("Pieces stand one behind the other, whatever they come in")
    func pieces() {
        let written = line(100) { line in
            line.add("{\"a\":")
            line.add(ByteBuffer(string: "1"))
            line.add(Array(",\"b\":".utf8))
            line.addDigit(42)
            line.add(ByteBuffer())
            line.add([])
            line.add("}")
        }
        #expect(written == #"{"a":1,"b":2}"#)
    }
}
