import MCPCore
import NIOCore

/// Lets the first of many equal notifications pass at once, and then at most one in a second: a change that is told
/// twice is no news. The last one is never lost.
struct ChangeThrottle {
    /// How long equal notifications are held together.
    static let interval = TimeAmount.seconds(1)

    /// Says what to do with a notification.
    enum Decision: Equatable {
        case pass
        /// Pass it after this time, by calling `passed`.
        case hold(TimeAmount)
        /// One that says the same is held already.
        case drop
    }

    private var lastPassed: [Method: NIODeadline] = [:]
    private var held: Set<Method> = []

    mutating func decide(_ method: Method, now: NIODeadline) -> Decision {
        if held.contains(method) { return .drop }
        guard let last = lastPassed[method], now - last < Self.interval else {
            lastPassed[method] = now
            return .pass
        }
        held.insert(method)
        return .hold(last + Self.interval - now)
    }

    /// Notes that a held notification has been passed on.
    mutating func passed(_ method: Method, now: NIODeadline) {
        held.remove(method)
        lastPassed[method] = now
    }
}
