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
    package var hash: String { String(decoding: digits, as: UTF8.self) }
    private var digits = Array(Self.beginning.utf8)

    package init() {}

    /// The chain after a line.
    init(after line: AuditLine) {
        (number, digits) = (line.number, Array(line.hash.utf8))
    }

    /// Writes the next line, with its end.
    ///
    /// - Parameters:
    ///   - object: What it tells: an object of JSON that has members, on one line.
    ///   - lines: Those before it that are written with it.
    package mutating func append(_ object: ByteBuffer, to lines: inout ByteBuffer) {
        let members =
            object.getSlice(at: object.readerIndex + 1, length: object.readableBytes - 2) ?? ByteBuffer()
        append(to: &lines, upTo: members.readableBytes) { $0.add(members) }
    }

    /// Writes the next line, with its end.
    ///
    /// - Parameters:
    ///   - lines: Those before it that are written with it.
    ///   - size: How many bytes what it tells takes at most.
    ///   - tell: Writes what it tells: members of an object of JSON.
    mutating func append(to lines: inout ByteBuffer, upTo size: Int, _ tell: (inout LineOutput) -> Void) {
        number += 1
        unsafe lines.writeWithUnsafeMutableBytes(minimumWritableBytes: size + 250) { memory in
            var line = unsafe LineOutput(memory)
            line.add("{\"seq\":")
            line.add(number)
            line.add(",")
            tell(&line)
            line.add(",\"previous\":\"")
            line.add(digits)
            line.add("\"")
            digits = unsafe Self.digits(of: line.written)
            line.add(",\"hash\":\"")
            line.add(digits)
            line.add("\"}\n")
            return line.count
        }
    }

    /// The hash of a line's beginning, in hexadecimal digits.
    static func hash(of bytes: UnsafeRawBufferPointer) -> String {
        unsafe String(decoding: digits(of: bytes), as: UTF8.self)
    }

    private static func digits(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hasher = SHA256()
        unsafe hasher.update(bufferPointer: bytes)
        return unsafe hasher.finalize().withUnsafeBytes { unsafe Hexadecimal.digits(of: $0) }
    }
}
