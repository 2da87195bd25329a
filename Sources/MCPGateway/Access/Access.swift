package import MCPValues

/// Says who may use something: a server, what a group offers of it, a whole path, the management API, the status. There
/// is no other answer to that question.
///
/// Two kinds of callers are let in: those whose token stands at the place itself (`authTokens`), and clients that have
/// the right to it (`mcpProxy.clients`).
package struct Access: Sendable {
    /// Whether nobody is asked who they are.
    package let isOpen: Bool
    /// Whose tokens stand at the place.
    private let holders: Set<Principal>
    /// A client with the right to one of these may come.
    package let places: [Place]
    /// Whether also those may come who are nobody that is known: as the anonymous principal.
    private let admitsOthers: Bool
    /// What has to be kept as long as the tokens are accepted.
    private let leases: [any Sendable]

    private init(
        isOpen: Bool, _ holders: Set<Principal>, _ places: [Place], admitsOthers: Bool, _ leases: [any Sendable]
    ) {
        self.isOpen = isOpen
        self.holders = holders
        self.places = places
        self.admitsOthers = admitsOthers
        self.leases = leases
    }

    /// Nobody is asked who they are.
    package static let everybody = Access(isOpen: true, [], [], admitsOthers: true, [])
    package static let nobody = holders([])

    /// Returns those whose tokens stand there, and clients that have the right to one of the places.
    ///
    /// - Parameter leases: What has to be kept as long as the tokens are accepted.
    package static func holders(
        _ holders: Set<Principal>, clientsOf places: [Place] = [], leases: [any Sendable] = []
    ) -> Access {
        Access(isOpen: false, holders, places, admitsOthers: false, leases)
    }

    /// Whoever may use one of several things may come.
    ///
    /// - Parameter all: Without any, nobody may.
    package static func union(_ all: [Access]) -> Access {
        let holders = all.reduce(into: Set()) { $0.formUnion($1.holders) }
        var seen: Set<Place> = []
        let places = all.flatMap(\.places).filter { seen.insert($0).inserted }
        let admitsOthers = all.contains(where: \.admitsOthers)
        return Access(
            isOpen: admitsOthers && holders.isEmpty && places.isEmpty, holders, places, admitsOthers: admitsOthers,
            all.flatMap(\.leases))
    }

    /// Returns the access to a server as what a group offers of it, for clients that have rights on groups.
    package func asMember(of group: ByteText) -> Access {
        let places = places.map { if case .server(let server) = $0 { Place.member(server, group: group) } else { $0 } }
        return Access(isOpen: isOpen, holders, places, admitsOthers: admitsOthers, leases)
    }

    /// Returns the same with the holders of other tokens in place of its own.
    package func held(as other: Access) -> Access {
        Access(isOpen: other.isOpen, other.holders, places, admitsOthers: other.admitsOthers, other.leases)
    }

    /// Tells whether somebody may use it, whoever that turned out to be.
    package func admits(_ principal: Principal) -> Bool {
        if isOpen || holders.contains(principal) { return true }
        if principal == .anonymous { return admitsOthers }
        guard principal.isNamed, !places.isEmpty else { return false }
        let rights = principal.rights
        return places.contains(where: rights.admit)
    }

    /// Returns the scope with which somebody may use it who may not; nil where no single one helps.
    package func scope(for principal: Principal) -> String? {
        principal.wider.first { places.contains(where: $0.rights.admit) }?.scope
    }

    /// Those whose tokens stand there, in the order of their names.
    package var tokenHolders: [Principal] { holders.sorted { $0.name < $1.name } }

    /// Tells whether a token of somebody's stands there.
    package func isHeld(by principal: Principal) -> Bool { holders.contains(principal) }

    /// Tells as whom somebody is let in who has shown who they are.
    ///
    /// - Parameter shown: nil for somebody who is nobody that is known.
    /// - Returns: nil for somebody who may not come in.
    package func principal(for shown: Principal?) -> Principal? {
        // Where no token is asked for, everybody is the same.
        if isOpen { return .anonymous }
        if let shown, admits(shown) { return shown }
        return admitsOthers ? .anonymous : nil
    }

    /// Tells whether somebody who was let in would be let in as the same again.
    package func keeps(_ principal: Principal) -> Bool { self.principal(for: principal) == principal }

    /// Returns the only one who may come, where there is only one that a token stands for.
    ///
    /// - Parameter clients: All that the operator has named.
    package func onlyPrincipal(among clients: [Principal]) -> Principal {
        guard !isOpen, !admitsOthers else { return .anonymous }
        let all = holders.union(clients.filter(admits))
        return all.count == 1 ? all.first ?? .anonymous : .anonymous
    }
}

extension Access: Equatable {
    /// Tells whether both let in the same callers, whatever keeps their tokens in force.
    package static func == (left: Access, right: Access) -> Bool {
        left.isOpen == right.isOpen && left.holders == right.holders && left.places == right.places
            && left.admitsOthers == right.admitsOthers
    }
}
