import ToolPins

/// Keeps what any connection of a server has listed otherwise than it was approved. It is withheld where it is not
/// known to be listed as it was approved, also where it is not listed at all: that it is gone says nothing of what
/// calling it does.
struct SuspectNames {
    private var names: Set<PinnedName> = []
    /// Those that connections list as they were approved.
    private var cleared: [ConnectionKey: Set<PinnedName>] = [:]

    var isEmpty: Bool { names.isEmpty }

    func contains(_ subject: PinnedName) -> Bool { names.contains(subject) }

    func withholds(_ subject: PinnedName, on key: ConnectionKey) -> Bool {
        names.contains(subject) && !(cleared[key]?.contains(subject) ?? false)
    }

    var all: Set<PinnedName> { names }

    mutating func insert(_ subject: PinnedName) {
        names.insert(subject)
        for key in cleared.keys { cleared[key]?.remove(subject) }
    }

    mutating func remove(_ subject: PinnedName) {
        names.remove(subject)
        for key in cleared.keys { cleared[key]?.remove(subject) }
    }

    /// Takes what a connection lists of a kind as it was approved. What all list so is suspect no more.
    ///
    /// - Parameter connections: All whose lists are known.
    mutating func clear(
        _ listed: some Sequence<PinnedName>, of kind: PinKind, on key: ConnectionKey,
        among connections: some Collection<ConnectionKey>
    ) {
        guard !names.isEmpty else { return }
        let listed = names.intersection(listed)
        cleared[key] = (cleared[key] ?? []).filter { $0.kind != kind }.union(listed)
        for subject in listed where connections.allSatisfy({ cleared[$0]?.contains(subject) ?? false }) {
            remove(subject)
        }
    }

    /// A connection lists one as it was approved.
    mutating func clear(_ subject: PinnedName, on key: ConnectionKey) {
        if names.contains(subject) { cleared[key, default: []].insert(subject) }
    }

    mutating func ended(_ key: ConnectionKey) { cleared[key] = nil }
}
