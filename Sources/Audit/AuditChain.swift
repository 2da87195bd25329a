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

    /// Makes the next line, with its end.
    ///
    /// - Parameter object: What it tells: an object of JSON that has members, on one line.
    package mutating func append(_ object: ByteBuffer) -> ByteBuffer {
        number += 1
        var line = ByteBuffer()
        line.reserveCapacity(object.readableBytes + 200)
        line.writeString("{\"seq\":\(number),")
        line.writeImmutableBuffer(
            object.getSlice(at: object.readerIndex + 1, length: object.readableBytes - 2) ?? ByteBuffer())
        line.writeString(",\"previous\":\"\(hash)\"")
        hash = Self.hash(of: line.readableBytesView)
        line.writeString(",\"hash\":\"\(hash)\"}\n")
        return line
    }

    /// The hash of a line's beginning, in hexadecimal digits.
    static func hash(of bytes: some Sequence<UInt8>) -> String {
        var hasher = SHA256()
        let bytes = Array(bytes)
        unsafe bytes.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        return Hexadecimal.text(of: hasher.finalize())
    }
}
