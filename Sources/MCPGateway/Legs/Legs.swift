/// The legs of one session, by their servers: those that it has used.
struct Legs {
    /// The only one at a server's own path, else the one that was used first.
    private(set) var first: Leg?
    private var others: [ObjectIdentifier: Leg] = [:]

    var all: [Leg] { (first.map { [$0] } ?? []) + others.values }
    var isEmpty: Bool { first == nil }

    func contains(where isMeant: (Leg) -> Bool) -> Bool {
        first.map(isMeant) == true || others.values.contains(where: isMeant)
    }

    /// How many calls wait until their legs are open.
    var waitingCalls: Int { others.values.reduce(first?.waitingCalls ?? 0) { $0 + $1.waitingCalls } }

    subscript(server: ServerConnections) -> Leg? {
        if let first, first.server === server { return first }
        return others.isEmpty ? nil : others[ObjectIdentifier(server)]
    }

    /// Adds a leg to a server that has none yet.
    mutating func add(_ leg: Leg) {
        if first == nil { first = leg } else { others[ObjectIdentifier(leg.server)] = leg }
    }

    mutating func remove(_ leg: Leg) {
        guard first === leg else {
            others[ObjectIdentifier(leg.server)] = nil
            return
        }
        first = others.first?.value
        if let first { others[ObjectIdentifier(first.server)] = nil }
    }

    mutating func removeAll() { self = Legs() }
}
