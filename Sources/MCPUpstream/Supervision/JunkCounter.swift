import NIOCore

/// Counts lines that are not messages.
struct JunkCounter {
    private var count = 0
    private var windowStart = NIODeadline.uptimeNanoseconds(0)

    /// Returns whether there are too many.
    mutating func add(limit: Int, now: NIODeadline) -> Bool {
        if now - windowStart > .seconds(10) {
            windowStart = now
            count = 0
        }
        count += 1
        return count > limit
    }
}
