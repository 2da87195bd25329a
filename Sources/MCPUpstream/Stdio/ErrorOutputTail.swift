import MCPCore
import NIOCore

/// Keeps the last lines of a process's standard error, bounded in number and length and safe to print.
///
/// A server may write without end, so that only so many lines a second are looked at. Of what comes beyond that the line
/// feeds are counted, and the end is kept until the second is over.
struct ErrorOutputTail {
    private static let maximumLineLength = 1_024
    /// How much is looked at in one second.
    static let linesPerSecond = 500
    static let bytesPerSecond = 256 << 10
    /// How much of the rest is kept.
    private static let heldBytes = 64 << 10

    private(set) var lines: [String] = []
    private var partial: [UInt8] = []
    private let capacity: Int
    private let lineRead: (@Sendable (String) -> Void)?

    private var secondBegan = NIODeadline.uptimeNanoseconds(0)
    private var linesLeft = Self.linesPerSecond
    private var bytesLeft = Self.bytesPerSecond
    private var held = ByteBuffer()
    /// How many lines ended in what was held back.
    private var heldLines = 0
    /// Whether only the end of it was kept.
    private var isHeldCut = false

    init(capacity: Int, lineRead: (@Sendable (String) -> Void)? = nil) {
        self.capacity = capacity
        self.lineRead = lineRead
    }

    /// When to call `release`; nil when nothing is held back.
    var heldUntil: NIODeadline? { held.readableBytes > 0 ? secondBegan + .seconds(1) : nil }

    mutating func append(_ bytes: ByteBuffer, now: NIODeadline) {
        if now - secondBegan >= .seconds(1) { beginSecond(now) }
        var bytes = bytes
        if held.readableBytes == 0 { read(&bytes) }
        if bytes.readableBytes > 0 { hold(bytes) }
    }

    /// Looks at what was held back, once the second is over.
    mutating func release(now: NIODeadline) {
        if now - secondBegan >= .seconds(1) { beginSecond(now) }
    }

    /// Ends everything: a line that has no line feed, too.
    mutating func finish() {
        releaseHeld()
        if !partial.isEmpty { endLine() }
    }

    // MARK: Steps

    private mutating func beginSecond(_ now: NIODeadline) {
        secondBegan = now
        linesLeft = Self.linesPerSecond
        bytesLeft = Self.bytesPerSecond
        releaseHeld()
    }

    /// Reads lines as far as this second allows.
    private mutating func read(_ bytes: inout ByteBuffer) {
        let view = bytes.readableBytesView.prefix(bytesLeft)
        var count = 0
        for byte in view {
            guard linesLeft > 0 else { break }
            count += 1
            if byte == 0x0A {
                linesLeft -= 1
                endLine()
            } else if partial.count < Self.maximumLineLength {
                partial.append(byte)
            }
        }
        bytesLeft -= count
        bytes.moveReaderIndex(forwardBy: count)
    }

    private mutating func hold(_ bytes: ByteBuffer) {
        heldLines += bytes.lineFeedCount
        held.writeImmutableBuffer(bytes)
        let excess = held.readableBytes - Self.heldBytes
        guard excess > 0 else { return }
        isHeldCut = true
        held.moveReaderIndex(forwardBy: excess)
        held.discardReadBytes()
    }

    private mutating func releaseHeld() {
        guard held.readableBytes > 0 else { return }
        var end = held
        held.clear()
        let shown = end.keepLastLines(capacity, isCut: isHeldCut)
        let leftOut = heldLines - shown
        isHeldCut = false
        heldLines = 0
        if leftOut > 0 { partial.removeAll(keepingCapacity: true) }
        for byte in end.readableBytesView {
            if byte == 0x0A {
                endLine()
            } else if partial.count < Self.maximumLineLength {
                partial.append(byte)
            }
        }
        // Told last, so that whoever keeps only so many lines keeps this one. It is no word of the server's.
        if leftOut > 0 {
            let limit = "it writes more than \(Self.linesPerSecond) in a second"
            lineRead?("[\(leftOut) lines before the last \(shown) were left out: \(limit)]")
        }
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

extension ByteBuffer {
    fileprivate var lineFeedCount: Int { count(of: UInt8(ascii: "\n")) }

    /// Drops what stands before the last lines.
    ///
    /// - Parameter isCut: Whether it begins in the middle of a line, which is dropped then.
    /// - Returns: how many lines end in what is left.
    fileprivate mutating func keepLastLines(_ maximum: Int, isCut: Bool) -> Int {
        let view = readableBytesView
        var count = 0
        var firstEnd: Int?
        for index in view.indices.reversed() where view[index] == 0x0A {
            firstEnd = index
            if count == maximum { break }
            count += 1
        }
        guard let firstEnd, isCut || lineFeedCount > maximum else { return count }
        moveReaderIndex(forwardBy: firstEnd + 1 - view.startIndex)
        return lineFeedCount
    }
}
