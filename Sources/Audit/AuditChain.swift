import Crypto
import MCPCore
package import NIOCore

/// Numbers the lines of an audit without a gap, and ties each to the one before: a line holds the hash of that and its own,
/// so that none can be changed, taken out or put in without all that follow.
///
/// A line begins with its number and ends with the two hashes, so that nothing between has to be understood to check it.
package struct AuditChain: Sendable, Equatable {
    /// What stands in the first line for the hash of the one before.
    package static let beginning = String(repeating: "0", count: 64)

    /// The number of the last line; 0 before the first.
    package private(set) var number = 0
    /// The hash of the last line.
    package private(set) var hash = Self.beginning

    package init() {}

    /// The chain after a line.
    init(after line: AuditLine) {
        (number, hash) = (line.number, line.hash)
    }

    /// Writes the next line, with its end.
    ///
    /// - Parameters:
    ///   - object: What it tells: an object of JSON that has members, on one line.
    ///   - lines: Those before it that are written with it.
    package mutating func append(_ object: ByteBuffer, to lines: inout ByteBuffer) {
        number += 1
        lines.reserveCapacity(minimumWritableBytes: object.readableBytes + 200)
        let start = lines.writerIndex
        lines.writeStaticString("{\"seq\":")
        lines.writeDecimal(number)
        lines.writeStaticString(",")
        lines.writeImmutableBuffer(
            object.getSlice(at: object.readerIndex + 1, length: object.readableBytes - 2) ?? ByteBuffer())
        lines.writeStaticString(",\"previous\":\"")
        lines.writeString(hash)
        lines.writeStaticString("\"")
        hash = unsafe lines.withUnsafeReadableBytes { bytes in
            unsafe Self.hash(of: UnsafeRawBufferPointer(rebasing: bytes[(start - lines.readerIndex)...]))
        }
        lines.writeStaticString(",\"hash\":\"")
        lines.writeString(hash)
        lines.writeStaticString("\"}\n")
    }

    /// The hash of a line's beginning, in hexadecimal digits.
    static func hash(of bytes: UnsafeRawBufferPointer) -> String {
        var hasher = SHA256()
        unsafe hasher.update(bufferPointer: bytes)
        return unsafe hasher.finalize().withUnsafeBytes { unsafe Hexadecimal.text(of: $0) }
    }
}
