import MCPCore

/// A request for one member of an offer, in the names that its server has.
struct MemberRequest: Sendable {
    let member: Member
    let message: Message
    /// Whether it has arguments that the group sets, of which the client knows nothing.
    var hasPresets = false
    /// Whether the client has called it by `call_tool`, so that header fields cannot repeat its arguments.
    var isWrapped = false
}
