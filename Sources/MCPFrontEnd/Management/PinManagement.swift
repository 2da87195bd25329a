package import MCPGateway
package import MCPValues
package import NIOCore
package import ToolPins

/// Shows and changes what was approved of servers' tools and prompts, for the management API. Implemented by the
/// program that owns them.
package protocol PinManagement: Sendable {
    /// Returns what there is to say of every server, in the order of their names.
    func pinReports() async -> [PinReport]

    /// Returns what there is to say of one server; nil when nothing is known of one of that name.
    func pinReport(of name: String) async -> PinReport?

    /// Returns all that is approved, as a file that can be shared.
    func pinText() async -> ByteBuffer

    /// Approves what a server shows now.
    func approve(_ wish: PinApproval, of name: String, for caller: ManagementCaller)
        async throws(ManagementRefusal) -> PinReport
}

/// Holds what somebody approves.
package struct PinApproval: Sendable, Equatable {
    /// Which tools and prompts; nil for all.
    package var subjects: Set<PinnedName>?
    /// The definitions that were seen; nil for whatever they are by now.
    package var digests: Set<PinDigest>?

    package init() {}
}

/// Holds what there is to say of one server's pins at one moment.
package struct PinReport: Sendable {
    /// Holds what was approved under one name.
    package struct Pin: Sendable {
        package let subject: PinnedName
        package let digests: [PinDigest]

        package init(subject: PinnedName, digests: [PinDigest]) {
            self.subject = subject
            self.digests = digests
        }
    }

    package var name: String
    package var mode: PinMode
    package var pins: [Pin] = []
    /// What is shown and was not approved; after an approval, what is left of that.
    package var changes: [PinChange] = []
    /// What was approved just now.
    package var approved: [PinChange] = []
    /// How often something was shown that was not approved, since the start.
    package var changeCount = 0
    /// What an operator should look at.
    package var flags: [PinFlag] = []
    /// Why it is not known what was approved, in words; nil when it is.
    package var fault: String?
    /// What was listed otherwise than it was approved, and is nowhere listed so any more; where it is not listed as it was
    /// approved, calls of it are refused.
    package var gone: [PinnedName] = []
    /// Which lists could not be read, and why, in words.
    package var unread: [String] = []
    /// Why nothing new can be approved beside what is, in words; nil when there is room.
    package var full: String?
    /// How long what is approved now counts: for this `run`, or in the `state` directory; or until the next start, where a
    /// shared `file` says what counts, or `file-or-state`, for the state directory has it where none does.
    package var keeping: String
    /// Why it could not be kept, in words.
    package var keepingFault: String?

    package init(name: String, mode: PinMode, keeping: String) {
        self.name = name
        self.mode = mode
        self.keeping = keeping
    }
}
