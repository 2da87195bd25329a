/// How a protocol revision opens and carries a conversation.
package enum Era: Sendable, Equatable {
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

    /// The revisions with a handshake, oldest first.
    package static let legacy = [november2024, march2025, june2025, november2025]
    /// What we offer in a handshake, and answer to a version that we do not know.
    package static let latestLegacy = november2025

    private init(known name: String) {
        self.name = name
    }

    /// The revision of that name, when it is one that we speak.
    package init?(_ name: String) {
        guard let version = Self.legacy.first(where: { $0.name == name }) else { return nil }
        self = version
    }

    package var era: Era { .legacy }

    /// Whether this revision has JSON-RPC batches: it is the only one that does.
    package var hasBatches: Bool { self == .march2025 }

    /// Whether an event with an identifier and no data may open a stream; older clients fail on it.
    package var hasPrimingEvents: Bool { self >= .november2025 }

    package static func < (left: ProtocolVersion, right: ProtocolVersion) -> Bool {
        left.name < right.name
    }
}
