import MCPValues

/// Finds which name is offered for which thing of which member, and back.
///
/// What a name stands for is found in the table and never by taking the name apart, but for one that is newer than the
/// last list.
struct NameTable: Sendable {
    /// A server as far as its names go.
    struct Server: Sendable {
        /// Its key in the configuration.
        let key: String
        let prefix: String
        /// What it lists, in its order.
        let names: [String]
    }

    /// Holds what an offered name stands for.
    struct Origin: Hashable, Sendable {
        /// The member's place in the offer.
        let member: Int
        /// The name there.
        let name: ByteText
    }

    /// Two things that would be offered under one name: the first has it, the second is not offered.
    struct Collision: Equatable, Sendable {
        let offered: String
        let first: Origin
        let second: Origin
    }

    private(set) var collisions: [Collision] = []
    private var origins: [ByteText: Origin] = [:]
    private var offered: [Origin: String] = [:]
    private let servers: [Server]
    private let style: NameStyle
    private let maximumLength: Int

    /// - Parameter maximumLength: Of a name with a prefix, in characters.
    init(_ servers: [Server], _ style: NameStyle = .always, maximumLength: Int = OfferedName.usualMaximumLength) {
        self.servers = servers
        self.style = style
        self.maximumLength = maximumLength
        let shared = style == .auto ? Self.sharedNames(of: servers) : []
        for (member, server) in servers.enumerated() {
            for name in server.names {
                let origin = Origin(member: member, name: ByteText(name))
                let hasPrefix = style == .always || shared.contains(origin.name)
                let spelt =
                    hasPrefix
                    ? OfferedName.make(name, of: server.key, prefix: server.prefix, maximumLength: maximumLength) : name
                add(spelt, for: origin)
            }
        }
    }

    private mutating func add(_ spelt: String, for origin: Origin) {
        if offered[origin] != nil { return }  // a server that lists one name twice
        if let first = origins[ByteText(spelt)] {
            collisions.append(Collision(offered: spelt, first: first, second: origin))
        } else {
            origins[ByteText(spelt)] = origin
            offered[origin] = spelt
        }
    }

    private static func sharedNames(of servers: [Server]) -> Set<ByteText> {
        var seen: Set<ByteText> = []
        var shared: Set<ByteText> = []
        for server in servers {
            let names = Set(server.names.map(ByteText.init))
            shared.formUnion(names.intersection(seen))
            seen.formUnion(names)
        }
        return shared
    }

    /// Returns what a listed name stands for.
    func listed(_ offered: String) -> Origin? { origins[ByteText(offered)] }

    func isListed(_ offered: String) -> Bool { origins[ByteText(offered)] != nil }

    /// Returns what a name may stand for that is newer than the last lists: by the longest prefix, so that `git_hub` is
    /// not taken for `git`.
    func guess(_ offered: String) -> Origin? {
        guard style != .never else { return servers.count == 1 ? Origin(member: 0, name: ByteText(offered)) : nil }
        let guesses = servers.enumerated().compactMap { member, server -> (length: Int, origin: Origin)? in
            guard let name = OfferedName.original(of: offered, prefix: server.prefix),
                // Else it would be offered under another name, as one that is listed or not at all.
                OfferedName.make(name, of: server.key, prefix: server.prefix, maximumLength: maximumLength)
                    .hasBytes(of: offered)
            else { return nil }
            return (server.prefix.utf8.count, Origin(member: member, name: ByteText(name)))
        }
        return guesses.max { $0.length < $1.length }?.origin
    }

    /// Returns what a name stands for; nil when nothing is offered under it.
    func origin(of offered: String) -> Origin? { listed(offered) ?? guess(offered) }

    /// Returns the name under which something is offered; nil when it is not.
    func name(of origin: Origin) -> String? { offered[origin] }

    /// Returns the names under which things are offered whose own name was written.
    func offered(ofOwn name: String) -> [String] {
        servers.indices.compactMap { offered[Origin(member: $0, name: ByteText(name))] }
    }

    /// All names that are offered, in no order.
    var allOffered: [String] { origins.keys.map(\.text) }
}
