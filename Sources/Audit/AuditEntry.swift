import MCPCore

/// What one line of the audit tells, and when that was.
///
/// A class, because it goes through several hands until it is written, and has a dozen texts.
final class AuditEntry: Sendable {
    enum Event: Sendable {
        case call(AuditedCall)
        case change(AuditedChange)
        /// A run begins to write. Behind the last line of the one before there were so many bytes that are none.
        case start(torn: Int)
        /// So many lines could not be written.
        case lost(Int)
        /// A run has ended.
        case end
    }

    /// In seconds since 1970.
    let time: Double
    let event: Event
    /// How much memory it takes while it waits, about.
    let cost: Int

    init(_ event: Event, at time: Double = AuditClock.now) {
        self.time = time
        self.event = event
        cost =
            if case .call(let call) = event, call.arguments != nil || call.client != nil {
                512 + call.requestBytes
            } else {
                512
            }
    }
}
