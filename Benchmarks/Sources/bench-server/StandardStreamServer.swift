import BenchmarkKit
import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads lines and writes lines, until there are no more. It waits in the system's calls, which costs the least.
struct StandardStreamServer {
    private var book: AnswerBook
    private var input = ByteBuffer()
    private var output = ByteBuffer()

    init(_ book: AnswerBook) {
        self.book = book
    }

    mutating func run() {
        while receive() {
            while let line = nextLine() { answer(line) }
            input.discardReadBytes()
            guard flush() else { return }
        }
    }

    private mutating func receive() -> Bool {
        let count = unsafe input.writeWithUnsafeMutableBytes(minimumWritableBytes: 64 << 10) { bytes in
            max(0, unsafe read(0, bytes.baseAddress, bytes.count))
        }
        return count > 0
    }

    private mutating func nextLine() -> ByteBuffer? {
        guard let length = input.offset(of: "\n") else { return nil }
        let line = input.readSlice(length: length)
        input.moveReaderIndex(forwardBy: 1)
        return line
    }

    private mutating func answer(_ line: ByteBuffer) {
        guard case .response(let start, let rest, _) = book.reply(to: line) else { return }
        output.writeImmutableBuffer(start)
        output.writeImmutableBuffer(rest)
        output.writeStaticString("\n")
    }

    private mutating func flush() -> Bool {
        while output.readableBytes > 0 {
            let count = unsafe output.readWithUnsafeReadableBytes { bytes in
                max(0, unsafe write(1, bytes.baseAddress, bytes.count))
            }
            guard count > 0 else { return false }
        }
        output.clear()
        return true
    }
}
