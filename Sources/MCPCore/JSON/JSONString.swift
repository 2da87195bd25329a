import CTextScan
package import NIOCore

/// The characters of JSON strings: reading escapes, and writing text as a string.
package enum JSONString {
    /// The bytes that a valid string stands for. Half of a surrogate pair, which UTF-8 cannot express, becomes the three
    /// bytes that UTF-8 forbids for it: as text it is three replacement characters, and no two names become one.
    static func unescape(_ scanner: JSONScanner, _ name: JSONName) -> [UInt8] {
        unsafe unescape(scanner.slice(name.content))
    }

    /// The bytes that the content of a valid string, without its quotes, stands for.
    package static func unescape(_ content: UnsafeRawBufferPointer) -> [UInt8] {
        guard let base = content.baseAddress else { return [] }
        var plain: [UInt8] = []
        plain.reserveCapacity(content.count)
        var index = 0
        while index < content.count {
            var end = unsafe index + text_length_before(UInt8(ascii: "\\"), base + index, content.count - index)
            // One at the very end begins no escape.
            if end + 1 == content.count { end += 1 }
            unsafe plain.append(contentsOf: UnsafeRawBufferPointer(rebasing: content[index..<end]))
            guard end < content.count else { break }
            index = end
            let kind = unsafe content[index + 1]
            index += 2
            switch kind {
            case UInt8(ascii: "b"): plain.append(0x08)
            case UInt8(ascii: "f"): plain.append(0x0C)
            case UInt8(ascii: "n"): plain.append(0x0A)
            case UInt8(ascii: "r"): plain.append(0x0D)
            case UInt8(ascii: "t"): plain.append(0x09)
            case UInt8(ascii: "u"):
                var scalar = unsafe hexUnit(content, index)
                index += 4
                if scalar & 0xFC00 == 0xD800, let low = unsafe lowSurrogate(content, index) {
                    scalar = 0x10000 + ((scalar & 0x3FF) << 10 | (low & 0x3FF))
                    index += 6
                }
                if let character = Unicode.Scalar(scalar) {
                    plain.append(contentsOf: Unicode.UTF8.encode(character) ?? .init([]))
                } else {
                    plain += [0xED, 0x80 | UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F), 0x80 | UInt8(scalar & 0x3F)]
                }
            default: plain.append(kind)
            }
        }
        return plain
    }

    /// The second half of a pair, if it stands there.
    private static func lowSurrogate(_ content: UnsafeRawBufferPointer, _ start: Int) -> UInt32? {
        guard start + 6 <= content.count, unsafe content[start] == UInt8(ascii: "\\"),
            unsafe content[start + 1] == UInt8(ascii: "u")
        else { return nil }
        let unit = unsafe hexUnit(content, start + 2)
        return unit & 0xFC00 == 0xDC00 ? unit : nil
    }

    private static func hexUnit(_ content: UnsafeRawBufferPointer, _ start: Int) -> UInt32 {
        guard start + 4 <= content.count else { return 0xFFFD }
        var unit: UInt32 = 0
        for index in start..<start + 4 {
            unit = unit << 4 | UInt32(Hexadecimal.value(of: unsafe content[index]) ?? 0)
        }
        return unit
    }
}

extension ByteBuffer {
    /// A text as a JSON string.
    package init(jsonString text: String) {
        self.init()
        writeJSONString(text)
    }

    /// Writes text as a JSON string with its quotes, escaped as RFC 8785 (3.2.2.2) wants it: as little as possible.
    package mutating func writeJSONString(_ text: String) {
        writeJSONString(text, behindComma: false, beforeColon: false)
    }

    /// Writes a part of a text as a JSON string.
    package mutating func writeJSONString(_ text: Substring) { writeJSONString(String(text)) }

    /// Writes text as a JSON string, with what stands around it where it is the name of a member.
    mutating func writeJSONString(_ text: String, behindComma: Bool, beforeColon: Bool) {
        var text = text
        text.withUTF8 { text in
            let (mark, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
            if let start = text.baseAddress, unsafe text_plain_length(start, text.count) == text.count {
                // Nearly every name and word: one piece.
                unsafe writeWithUnsafeMutableBytes(minimumWritableBytes: text.count + 4) { room in
                    var end = 0
                    if behindComma { unsafe (room[0], end) = (mark, 1) }
                    unsafe room[end] = quote
                    unsafe UnsafeMutableRawBufferPointer(rebasing: room[(end + 1)...]).copyMemory(
                        from: UnsafeRawBufferPointer(text))
                    end += text.count + 1
                    unsafe room[end] = quote
                    if beforeColon { unsafe room[end + 1] = UInt8(ascii: ":") }
                    return end + (beforeColon ? 2 : 1)
                }
                return
            }
            if behindComma { writeInteger(mark) }
            writeInteger(quote)
            unsafe writeEscaped(UnsafeRawBufferPointer(text))
            writeInteger(quote)
            if beforeColon { writeInteger(UInt8(ascii: ":")) }
        }
    }

    /// What stands for itself is copied in one go: descriptions can be long.
    private mutating func writeEscaped(_ text: UnsafeRawBufferPointer) {
        guard let base = unsafe text.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        var plainStart = 0
        var index = 0
        while index < text.count {
            unsafe index += text_plain_length(base + index, text.count - index)
            guard index < text.count else { break }
            let byte = unsafe text[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                unsafe writeBytes(text[plainStart..<index])
                writeEscape(byte)
                plainStart = index + 1
            }
            index += 1
        }
        unsafe writeBytes(text[plainStart...])
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): writeStaticString("\\\"")
        case UInt8(ascii: "\\"): writeStaticString("\\\\")
        case 0x0A: writeStaticString("\\n")
        case 0x0D: writeStaticString("\\r")
        case 0x09: writeStaticString("\\t")
        case 0x08: writeStaticString("\\b")
        case 0x0C: writeStaticString("\\f")
        default:
            writeStaticString("\\u00")
            writeInteger(Hexadecimal.digit(byte >> 4))
            writeInteger(Hexadecimal.digit(byte & 0xF))
        }
    }

    /// Writes an integer in decimal digits.
    package mutating func writeDecimal(_ value: some FixedWidthInteger) {
        writeString(String(value))
    }
}
