/// How much of the messages themselves a recording has.
package enum RecordedBodies: String, Sendable, CaseIterable {
    case none
    /// Without secrets, as far as names and known tokens show them.
    case redacted
    /// Without known tokens alone.
    case full
}
