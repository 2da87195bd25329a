import MCPValues

/// Finds which address is offered for which resource of which member, and back. An address stays as it is, because
/// results and subscriptions contain it; only the second of two members that list one is told apart, as
/// `prefix+address`.
struct AddressTable: Sendable {
    /// A member as far as its resources go.
    struct Server: Sendable {
        let prefix: String
        let addresses: [String]
        let templates: [String]
        /// Whether it says that it has resources at all.
        let hasResources: Bool
    }

    /// Holds what an offered address stands for.
    struct Origin: Hashable, Sendable {
        /// The member's place in the offer.
        let member: Int
        /// The address there.
        let address: ByteText
    }

    private let servers: [Server]
    private var owners: [ByteText: Int] = [:]
    private var templateOwners: [ByteText: Int] = [:]
    private var renamed: [Set<ByteText>]

    init(_ servers: [Server]) {
        self.servers = servers
        renamed = servers.map { _ in [] }
        for (member, server) in servers.enumerated() {
            for address in server.addresses { claim(ByteText(address), for: member, in: \.owners) }
            for template in server.templates { claim(ByteText(template), for: member, in: \.templateOwners) }
        }
        while let taken = markedAddressOfAnother() { markToo(taken) }
    }

    /// Returns an address that a member has by itself, and that is what one of another member is offered as.
    private func markedAddressOfAnother() -> (address: ByteText, owner: Int)? {
        for member in renamed.indices {
            for address in renamed[member] {
                let marked = ByteText(Self.mark(address.text, servers[member].prefix))
                if let owner = owners[marked], owner != member { return (marked, owner) }
            }
        }
        return nil
    }

    /// Without it, who lists such an address would be asked in the place of the other one.
    private mutating func markToo(_ taken: (address: ByteText, owner: Int)) {
        owners[taken.address] = nil
        renamed[taken.owner].insert(taken.address)
    }

    private mutating func claim(
        _ address: ByteText, for member: Int, in owners: WritableKeyPath<AddressTable, [ByteText: Int]>
    ) {
        let owner = self[keyPath: owners][address]
        if owner == nil {
            self[keyPath: owners][address] = member
        } else if owner != member {
            renamed[member].insert(address)
        }
    }

    /// Tells whether an address of a member may not be offered as it is, because another one has resources, too.
    func mayRename(_ member: Int) -> Bool {
        servers.indices.contains { $0 != member && !(servers[$0].addresses.isEmpty && servers[$0].templates.isEmpty) }
    }

    /// Returns the address under which one of a member is offered, whether it lists it or only names it: as it is, unless
    /// another member would be asked for it.
    func offered(_ address: String, of member: Int) -> String {
        if renamed[member].contains(ByteText(address)) { return Self.mark(address, servers[member].prefix) }
        let owner = owners[ByteText(address)] ?? memberByTemplate(address)
        return owner == nil || owner == member ? address : Self.mark(address, servers[member].prefix)
    }

    /// Returns the template under which one of a member is offered.
    func offered(template: String, of member: Int) -> String {
        templateOwners[ByteText(template)] == member ? template : Self.mark(template, servers[member].prefix)
    }

    static func mark(_ address: String, _ prefix: String) -> String { "\(prefix)+\(address)" }

    /// Finds who may know an address, in the order in which they are to be asked until one does.
    func origins(of offered: String) -> [Origin] {
        if let member = owners[ByteText(offered)] { return [Origin(member: member, address: ByteText(offered))] }
        let marked = servers.indices.compactMap { member in unmarked(offered, of: member) }
        if let listed = marked.first(where: { renamed[$0.member].contains($0.address) }) { return [listed] }
        if let match = memberByTemplate(offered) {
            return [Origin(member: match, address: ByteText(offered))]
        }
        if let match = marked.first(where: { matchesTemplate($0.address.text, of: $0.member) }) { return [match] }
        let all = servers.indices.filter { servers[$0].hasResources }
            .map { Origin(member: $0, address: ByteText(offered)) }
        return marked + all
    }

    /// Finds who has a template.
    func origin(ofTemplate offered: String) -> Origin? {
        if let member = templateOwners[ByteText(offered)] { return Origin(member: member, address: ByteText(offered)) }
        return servers.indices.lazy.compactMap { unmarked(offered, of: $0) }
            .first { renamed[$0.member].contains($0.address) }
    }

    private func unmarked(_ offered: String, of member: Int) -> Origin? {
        let mark = servers[member].prefix + "+"
        guard servers[member].hasResources, offered.beginsWithBytes(of: mark) else { return nil }
        let rest = String(decoding: offered.utf8.dropFirst(mark.utf8.count), as: UTF8.self)
        return Origin(member: member, address: ByteText(rest))
    }

    private func memberByTemplate(_ address: String) -> Int? {
        servers.indices.first { matchesTemplate(address, of: $0) }
    }

    private func matchesTemplate(_ address: String, of member: Int) -> Bool {
        servers[member].templates.contains { AddressTemplate($0).matches(address) }
    }
}
