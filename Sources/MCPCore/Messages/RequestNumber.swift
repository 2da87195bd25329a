package import NIOCore
import Synchronization

/// Names one request of a client, in this run and among those of other runs: `7k2m9qxt-1f`. Nobody needs to find it hard to
/// guess.
package struct RequestNumber: Sendable, Hashable {
    /// Eight characters that tell this run from others.
    private static let run = String(UInt64.random(in: 1 << 35..<1 << 40), radix: 32)
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
    package var text: String { "\(Self.run)-\(String(value, radix: 32))" }

    /// Writes it without making a text of it first.
    package func write(to buffer: inout ByteBuffer) {
        buffer.writeString(Self.run)
        buffer.writeStaticString("-")
        buffer.writeString(String(value, radix: 32))
    }
}
