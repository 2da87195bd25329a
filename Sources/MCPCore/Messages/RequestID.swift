package import NIOCore

/// The identifier of a request, or a progress token: an integer or a string that comes back exactly as written.
///
/// The bytes of the token are kept, so `9007199254740993`, `1.0` and `"\u0061"` all return unchanged and `1` is
/// never taken for `"1"`.
package enum RequestID: Hashable, Sendable {
    /// An integer whose decimal digits are its only spelling.
    case integer(Int64)
    /// Any other number, or a string, as written: quotes and escapes included.
    case token([UInt8])

    /// The longest token that is accepted, in bytes.
    package static let maximumLength = 1_024

    /// Reads the token in a range of an accepted message.
    package init(_ bytes: ByteBuffer, _ range: ByteRange) {
        if let value = bytes.integer(in: range) {
            self = .integer(value)
        } else {
            self = .token(bytes.getBytes(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? [])
        }
    }
}

extension RequestID: CustomStringConvertible {
    package var description: String {
        switch self {
        case .integer(let value): String(value)
        case .token(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }
}

extension ByteBuffer {
    /// Writes an identifier as it was written when it was read.
    package mutating func writeRequestID(_ id: RequestID) {
        switch id {
        case .integer(let value): writeDecimal(value)
        case .token(let bytes): writeBytes(bytes)
        }
    }
}
