import MCPCore

/// What came for a call while its client was away, within bounds.
struct HeldMessages {
    private static let maximumCount = 256

    var answer: Answer?
    private var notifications: [Message] = []

    mutating func append(_ notification: Message) {
        // The client gets the newest; of progress, the last says it all.
        if notifications.count == Self.maximumCount { notifications.removeFirst() }
        notifications.append(notification)
    }

    mutating func takeAll() -> [Message] {
        defer { notifications = [] }
        return notifications
    }
}
