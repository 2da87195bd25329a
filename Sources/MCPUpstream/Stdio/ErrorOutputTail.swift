import MCPCore
import NIOCore

/// Keeps the last lines of a process's standard error, bounded in number and length and safe to print.
struct ErrorOutputTail {
    private static let maximumLineLength = 1_024

    private(set) var lines: [String] = []
    private var partial: [UInt8] = []
    private let capacity: Int
    private let lineRead: (@Sendable (String) -> Void)?

    init(capacity: Int, lineRead: (@Sendable (String) -> Void)? = nil) {
        self.capacity = capacity
        self.lineRead = lineRead
    }

    mutating func append(_ bytes: ByteBuffer) {
        for byte in bytes.readableBytesView {
            if byte == 0x0A {
                endLine()
            } else if partial.count < Self.maximumLineLength {
                partial.append(byte)
            }
        }
    }

    /// Ends a line that has no line feed.
    mutating func finish() {
        if !partial.isEmpty { endLine() }
    }

    private mutating func endLine() {
        let text = String(decoding: partial, as: UTF8.self)
        partial.removeAll(keepingCapacity: true)
        let isBlank = text.unicodeScalars.allSatisfy {
            $0.value <= 0x20 || (0x7F...0x9F).contains($0.value) || $0 == "\u{FFFD}"
        }
        if !isBlank { add(PrintableText.make(text, maximumBytes: 4 * Self.maximumLineLength)) }
    }

    private mutating func add(_ line: String) {
        lines.append(line)
        lineRead?(line)
        // Cut in steps, so that a flood of lines does not move the whole array for each of them.
        if lines.count > capacity * 2 { lines.removeFirst(lines.count - capacity) }
    }

    /// The last lines, oldest first.
    var last: [String] { Array(lines.suffix(capacity)) }
}
