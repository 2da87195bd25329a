import MCPCore

/// A request for one member of an offer, in the names that its server has.
struct MemberRequest: Sendable {
    let member: Member
    let message: Message
}
