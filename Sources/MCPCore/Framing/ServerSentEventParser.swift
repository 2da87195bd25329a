package import NIOCore

/// Cuts a `text/event-stream` into events: LF, CR and CRLF end lines, a byte order mark is allowed once,
/// comments are skipped.
package struct ServerSentEventParser {
    private var pending = ByteBuffer()
    private var searched = 0
    private var atStart = true
    private var skipLineFeed = false
    private var event = ServerSentEvent()
    private var hasData = false
    private let maximumLength: Int

    /// - Parameter maximumLength: The most bytes that one event's data, or one line, may have.
    package init(maximumLength: Int) {
        self.maximumLength = maximumLength
    }

    /// Takes bytes as they arrived.
    package mutating func append(_ bytes: ByteBuffer) {
        if pending.readableBytes == 0 {
            pending = bytes
            searched = 0
        } else {
            pending.writeImmutableBuffer(bytes)
        }
    }

    /// The next complete event. An event that only sets an identifier or a retry time has empty data.
    ///
    /// - Throws: `FramingError` once an event is longer than allowed. The parser is of no use after that.
    package mutating func next() throws(FramingError) -> ServerSentEvent? {
        while let line = try nextLine() {
            guard line.readableBytes > 0 else {
                let finished = event
                let isEmpty = !hasData && finished.id == nil && finished.retry == nil
                event = ServerSentEvent()
                hasData = false
                if isEmpty { continue }
                return finished
            }
            try take(line)
        }
        return nil
    }

    private mutating func nextLine() throws(FramingError) -> ByteBuffer? {
        guard pending.readableBytes > 0 else { return nil }
        if atStart {
            guard pending.readableBytes >= 3 || !startsLikeMark else { return nil }
            if startsLikeMark, pending.readableBytes >= 3 { pending.moveReaderIndex(forwardBy: 3) }
            atStart = false
        }
        if skipLineFeed, pending.readableBytes > 0 {
            if pending.byte(at: 0) == 0x0A { pending.moveReaderIndex(forwardBy: 1) }
            skipLineFeed = false
        }
        guard let count = endOfLine() else {
            searched = pending.readableBytes
            try checkLine(searched)
            return nil
        }
        searched = 0
        try checkLine(count)
        let line = pending.readSlice(length: count) ?? ByteBuffer()
        skipLineFeed = pending.byte(at: 0) == 0x0D
        pending.moveReaderIndex(forwardBy: 1)
        if pending.readableBytes == 0 { pending = ByteBuffer() }
        return line
    }

    /// A line may be as long as the data it can carry, and the field's name before it.
    private func checkLine(_ length: Int) throws(FramingError) {
        guard length <= maximumLength + 8 else { throw FramingError(code: .eventTooLong, limit: maximumLength) }
    }

    private var startsLikeMark: Bool {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        return pending.readableBytes > 0
            && (0..<min(3, pending.readableBytes)).allSatisfy { pending.byte(at: $0) == mark[$0] }
    }

    private func endOfLine() -> Int? {
        let start = pending.readerIndex + searched
        let lineFeed = pending.offset(of: 0x0A, from: start)
        // Only up to the line feed: otherwise every line would search the whole rest of the stream again.
        let carriageReturn = pending.offset(of: 0x0D, from: start, limit: lineFeed)
        return (carriageReturn ?? lineFeed).map { $0 + searched }
    }

    private mutating func take(_ line: ByteBuffer) throws(FramingError) {
        let colon = line.offset(of: UInt8(ascii: ":"), from: line.readerIndex) ?? line.readableBytes
        let name = line.getString(at: line.readerIndex, length: colon) ?? ""
        var valueStart = min(colon + 1, line.readableBytes)
        if valueStart < line.readableBytes, line.byte(at: valueStart) == 0x20 { valueStart += 1 }
        let length = line.readableBytes - valueStart
        switch name {
        case "data":
            let value = line.getSlice(at: line.readerIndex + valueStart, length: length) ?? ByteBuffer()
            if hasData {
                event.data.writeStaticString("\n")
                event.data.writeImmutableBuffer(value)
            } else {
                event.data = value
                hasData = true
            }
            guard event.data.readableBytes <= maximumLength else {
                throw FramingError(code: .eventTooLong, limit: maximumLength)
            }
        case "event": event.name = line.getString(at: line.readerIndex + valueStart, length: length) ?? ""
        case "id":
            let id = line.getString(at: line.readerIndex + valueStart, length: length) ?? ""
            if !id.utf8.contains(0) { event.id = id }
        case "retry":
            let digits = line.getString(at: line.readerIndex + valueStart, length: length) ?? ""
            if digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let time = Int(digits) { event.retry = time }
        default: break  // a comment, or a field that we do not know
        }
    }
}
