package import NIOCore
import Synchronization

/// Names one request of a client, in this run and among those of other runs: `7k2m9qxt-1f`. Nobody needs to find it hard to
/// guess.
package struct RequestNumber: Sendable, Hashable {
    /// Eight characters that tell this run from others.
    private static let run = String(UInt64.random(in: 1 << 35..<1 << 40), radix: 32)
    /// What each begins with.
    private static let beginning = Array("\(run)-".utf8)
    private static let last = Atomic<UInt64>(0)

    private let value: UInt64

    /// Returns one that no other request has.
    package static func next() -> RequestNumber {
        RequestNumber(value: last.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    private init(value: UInt64) {
        self.value = value
    }

    /// As it stands in answers, in the log and in the audit.
    package var text: String {
        var buffer = ByteBuffer()
        write(to: &buffer)
        return String(buffer: buffer)
    }

    /// Writes it without making a text of it first: every answer has one.
    package func write(to buffer: inout ByteBuffer) {
        let beginning = Self.beginning
        let count = max(1, (UInt64.bitWidth - value.leadingZeroBitCount + 4) / 5)
        unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: beginning.count + count) { memory in
            for index in beginning.indices { unsafe memory[index] = beginning[index] }
            for place in 0..<count {
                unsafe memory[beginning.count + count - 1 - place] = Hexadecimal.digit(
                    UInt8(value >> UInt64(5 * place) & 31))
            }
            return beginning.count + count
        }
    }
}
