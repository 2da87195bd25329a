import NIOCore

/// Reads fields of a message of Protocol Buffers, in the order in which they stand there.
struct ProtobufReader {
    /// The value of a field.
    struct Value {
        var number: UInt64?
        var message: ByteBuffer?
    }

    private var bytes: ByteBuffer

    init(_ bytes: ByteBuffer) { self.bytes = bytes }

    /// Returns the next field of a number; nil where there is none, or something before it cannot be read.
    mutating func field(_ wanted: UInt64) -> Value? {
        while let tag = number() {
            var value = Value()
            switch tag & 7 {
            case 0: value.number = number()
            case 1: value.number = bytes.readInteger(endianness: .little, as: UInt64.self)
            case 2: value.message = number().flatMap(Int.init(exactly:)).flatMap { bytes.readSlice(length: $0) }
            case 5: value.number = bytes.readInteger(endianness: .little, as: UInt32.self).map(UInt64.init)
            default: return nil
            }
            guard value.number != nil || value.message != nil else { return nil }
            if tag >> 3 == wanted { return value }
        }
        return nil
    }

    private mutating func number() -> UInt64? {
        var (number, shift): (UInt64, UInt64) = (0, 0)
        while shift < 64, let byte = bytes.readInteger(as: UInt8.self) {
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }
}
