/// How a protocol revision opens and carries a conversation.
package enum Era: String, Sendable, Equatable {
    /// A handshake opens a session, and servers may send requests.
    case legacy
    /// Every request stands alone.
    case modern
}

/// A revision of the specification, named by its date.
package struct ProtocolVersion: Hashable, Sendable, Comparable {
    package let name: String

    package static let november2024 = ProtocolVersion(known: "2024-11-05")
    package static let march2025 = ProtocolVersion(known: "2025-03-26")
    package static let june2025 = ProtocolVersion(known: "2025-06-18")
    package static let november2025 = ProtocolVersion(known: "2025-11-25")
    package static let july2026 = ProtocolVersion(known: "2026-07-28")

    /// The revisions with a handshake, oldest first.
    package static let legacy = [november2024, march2025, june2025, november2025]
    /// What we offer in a handshake, and answer to a version that we do not know.
    package static let latestLegacy = november2025
    /// The revisions without a handshake, oldest first.
    package static let modern = [july2026]
    package static let latestModern = july2026
    /// All that we speak, as we name them to clients: the newest first.
    package static let spoken: [ProtocolVersion] = (legacy + modern).reversed()

    private init(known name: String) {
        self.name = name
    }

    /// The revision of that name, when it is one that we speak.
    package init?(_ name: String) {
        guard let version = Self.spoken.first(where: { $0.name == name }) else { return nil }
        self = version
    }

    /// The revision of that name, when it is one that a handshake can agree on.
    package init?(inHandshake name: String) {
        guard let version = Self.legacy.first(where: { $0.name == name }) else { return nil }
        self = version
    }

    package var era: Era { self >= .july2026 ? .modern : .legacy }

    /// Whether a name is that of a revision without a handshake, be it one that we speak or a later one.
    package static func isModern(_ name: String) -> Bool {
        if name == july2026.name { return true }
        return name.utf8.count == 10 && name > july2026.name
            && name.utf8.enumerated().allSatisfy { index, byte in
                index == 4 || index == 7 ? byte == UInt8(ascii: "-") : (0x30...0x39).contains(byte)
            }
    }

    /// Whether this revision has JSON-RPC batches: it is the only one that does.
    package var hasBatches: Bool { self == .march2025 }

    /// Whether an event with an identifier and no data may open a stream; older clients fail on it.
    package var hasPrimingEvents: Bool { self == .november2025 }

    package static func < (left: ProtocolVersion, right: ProtocolVersion) -> Bool {
        left.name < right.name
    }
}
