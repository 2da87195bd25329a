package import NIOCore

/// Writes fields of a message of Protocol Buffers, as far as traces need that
/// ([encoding](https://protobuf.dev/programming-guides/encoding/)). What has the value that means nothing is left out.
package struct ProtobufWriter: Sendable {
    private enum Kind: UInt64 {
        case number = 0
        case eightBytes = 1
        case lengthAndBytes = 2
        case fourBytes = 5
    }

    package private(set) var bytes = ByteBuffer()

    package init() {}

    /// A number, such as one of a few kinds.
    package mutating func add(_ field: UInt64, _ number: UInt64) {
        guard number != 0 else { return }
        begin(field, .number)
        write(number)
    }

    /// A text as it is.
    package mutating func add(_ field: UInt64, _ text: String) {
        guard !text.isEmpty else { return }
        begin(field, .lengthAndBytes)
        write(UInt64(text.utf8.count))
        bytes.writeString(text)
    }

    /// A message within this one, or bytes.
    package mutating func add(_ field: UInt64, _ message: ByteBuffer) {
        begin(field, .lengthAndBytes)
        write(UInt64(message.readableBytes))
        bytes.writeImmutableBuffer(message)
    }

    /// Numbers as bytes, the most significant ones first.
    package mutating func add(_ field: UInt64, bytesOf numbers: UInt64...) {
        begin(field, .lengthAndBytes)
        write(UInt64(numbers.count * 8))
        for number in numbers { bytes.writeInteger(number, endianness: .big) }
    }

    /// A number that always takes eight bytes.
    package mutating func add(_ field: UInt64, fixed number: UInt64) {
        begin(field, .eightBytes)
        bytes.writeInteger(number, endianness: .little)
    }

    /// A number that always takes four bytes.
    package mutating func add(_ field: UInt64, fixed number: UInt32) {
        begin(field, .fourBytes)
        bytes.writeInteger(number, endianness: .little)
    }

    private mutating func begin(_ field: UInt64, _ kind: Kind) { write(field << 3 | kind.rawValue) }

    private mutating func write(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.writeInteger(UInt8(truncatingIfNeeded: rest))
    }
}

// MARK: - Attributes, as spans and resources have them

extension ProtobufWriter {
    /// How long a value may be: what peers choose is not to fill the memory of whoever collects.
    private static let longestText = 1_024

    /// An attribute that is a text.
    package mutating func add(_ field: UInt64, _ key: String, _ text: String) {
        var value = ProtobufWriter()
        value.begin(1, .lengthAndBytes)
        let shown = Self.cut(text)
        value.write(UInt64(shown.utf8.count))
        value.bytes.writeString(shown)
        add(field, key, value)
    }

    /// An attribute that is a number.
    package mutating func add(_ field: UInt64, _ key: String, _ number: Int) {
        var value = ProtobufWriter()
        value.begin(3, .number)
        value.write(UInt64(bitPattern: Int64(number)))
        add(field, key, value)
    }

    private mutating func add(_ field: UInt64, _ key: String, _ value: ProtobufWriter) {
        var attribute = ProtobufWriter()
        attribute.add(1, key)
        attribute.add(2, value.bytes)
        add(field, attribute.bytes)
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > longestText else { return text }
        var length = 0
        return String(
            text.unicodeScalars.prefix { scalar in
                length += UTF8.width(scalar)
                return length <= longestText
            })
    }
}
