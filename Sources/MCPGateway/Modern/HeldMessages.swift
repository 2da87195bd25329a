import MCPCore
import NIOCore

/// Holds what came for a call while its client was away, within bounds.
struct HeldMessages {
    private static let maximumCount = 256
    static let maximumBytes = 1 << 20

    var answer: Answer?
    private var notifications: [Message] = []
    private var byteCount = 0

    mutating func append(_ notification: Message) {
        // The client gets the newest; of progress, the last says it all.
        let size = notification.bytes.readableBytes
        guard size <= Self.maximumBytes else { return }
        while notifications.count == Self.maximumCount || byteCount + size > Self.maximumBytes {
            byteCount -= notifications.removeFirst().bytes.readableBytes
        }
        byteCount += size
        notifications.append(notification)
    }

    mutating func takeAll() -> [Message] {
        defer {
            notifications = []
            byteCount = 0
        }
        return notifications
    }
}
