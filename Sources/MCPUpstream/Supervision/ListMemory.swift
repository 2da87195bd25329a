import MCPCore
import NIOCore
import Synchronization

/// The last list of tools of a server, as it was accepted: a server is asked for its list by every client, and gives all of
/// them the same. Shared by all connections to it.
package final class ListMemory: Sendable {
    /// A shorter one is scanned as fast as compared.
    private static let leastBytes = 16 << 10
    private static let maximumBytes = 4 << 20

    private let last = Mutex<Message?>(nil)

    package init() {}

    /// Returns the message that some bytes are, if they are the last list again.
    func repeated(in bytes: ByteBuffer) -> Message? {
        guard bytes.readableBytes >= Self.leastBytes else { return nil }
        return last.withLock { $0 }?.repeated(in: bytes)
    }

    /// Keeps the answer to a request for the list of tools.
    func note(_ message: Message) {
        guard message.kind == .result, (Self.leastBytes...Self.maximumBytes).contains(message.bytes.readableBytes)
        else { return }
        last.withLock { $0 = message }
    }
}
