package import NIOCore

/// The characters of JSON strings: reading escapes, and writing text as a string.
package enum JSONString {
    /// The bytes that a valid string stands for.
    static func unescape(_ scanner: JSONScanner, _ name: JSONName) -> [UInt8] {
        unsafe unescape(scanner.slice(name.content))
    }

    /// The bytes that the content of a valid string, without its quotes, stands for.
    package static func unescape(_ content: UnsafeRawBufferPointer) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(content.count)
        var index = 0
        while index < content.count {
            let byte = unsafe content[index]
            guard byte == UInt8(ascii: "\\"), index + 1 < content.count else {
                plain.append(byte)
                index += 1
                continue
            }
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
                if scalar & 0xFC00 == 0xD800, index + 6 <= content.count {
                    let low = unsafe hexUnit(content, index + 2)
                    scalar = 0x10000 + ((scalar & 0x3FF) << 10 | (low & 0x3FF))
                    index += 6
                }
                plain.append(contentsOf: Unicode.UTF8.encode(Unicode.Scalar(scalar) ?? "\u{FFFD}") ?? .init([]))
            default: plain.append(kind)
            }
        }
        return plain
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
    /// Writes text as a JSON string with its quotes.
    package mutating func writeJSONString(_ text: some StringProtocol) {
        writeInteger(UInt8(ascii: "\""))
        var plainStart = text.utf8.startIndex
        var index = plainStart
        while index != text.utf8.endIndex {
            let byte = text.utf8[index]
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                text.utf8.formIndex(after: &index)
                continue
            }
            writeBytes(text.utf8[plainStart..<index])
            writeEscape(byte)
            text.utf8.formIndex(after: &index)
            plainStart = index
        }
        writeBytes(text.utf8[plainStart..<index])
        writeInteger(UInt8(ascii: "\""))
    }

    private mutating func writeEscape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): writeStaticString("\\\"")
        case UInt8(ascii: "\\"): writeStaticString("\\\\")
        case 0x0A: writeStaticString("\\n")
        case 0x0D: writeStaticString("\\r")
        case 0x09: writeStaticString("\\t")
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
