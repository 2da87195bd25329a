import MCPCore
import MCPValues
import NIOCore
import Synchronization

/// Holds what those callers see of an offer who may use the same members: their lists, assembled when they are asked
/// for first and again when a server has others.
final class OfferView: Sendable {
    let members: [Member]
    /// Of the offer, when this was made.
    let edition: Int
    let terms: OfferTerms
    private let selection: OfferSelection
    private let work: IndexWork
    private let assembled = Mutex<OfferLists?>(nil)

    /// Clients to whom the same servers show something else, each the same.
    private struct Own: Hashable {
        let variants: [ConnectionKey?]
    }

    /// How many of them are remembered.
    private static let maximumOwn = 64
    private let ownLists = Mutex<[Own: OfferLists]>([:])

    /// - Parameter members: Those that the caller may use.
    init(_ members: [Member], _ terms: OfferTerms, edition: Int, _ work: IndexWork) {
        self.members = members
        self.edition = edition
        self.terms = terms
        self.work = work
        selection = OfferSelection(terms)
    }

    /// The lists as they are now.
    var lists: OfferLists {
        assembled.withLock { assembled in
            if let assembled, isCurrent(assembled) { return assembled }
            // Read before the catalogs: one that changes meanwhile is looked at once more.
            let editions = members.map(\.server.catalog.edition)
            let assembly = OfferAssembly(members, members.map(\.server.catalog.current), selection)
            let lists = OfferLists(assembly, editions: editions, search: assembled?.search ?? OfferSearch(work))
            assembled = lists
            return lists
        }
    }

    /// Returns the lists of one client: what servers show it may be something else than what they show to others.
    ///
    /// - Parameter key: On which connection a server is used for the client.
    func lists(of key: (ServerConnections) -> ConnectionKey) -> OfferLists {
        if members.allSatisfy({ $0.server.variants.isEmpty }) { return lists }
        let found = members.map { member in
            member.server.variants.isEmpty ? nil : member.server.variants.find(key(member.server))
        }
        guard found.contains(where: { $0 != nil }) else { return lists }
        let own = Own(variants: zip(members, found).map { member, own in own == nil ? nil : key(member.server) })
        let editions = zip(members, found).map { $1?.edition ?? $0.server.catalog.edition }
        return ownLists.withLock { known in
            if let lists = known[own], lists.editions == editions { return lists }
            if known.count >= Self.maximumOwn { known = [:] }
            let catalogs = zip(members, found).map { $1?.catalog ?? $0.server.catalog.current }
            let lists = OfferLists(
                OfferAssembly(members, catalogs, selection), editions: editions,
                search: known[own]?.search ?? OfferSearch(work))
            known[own] = lists
            return lists
        }
    }

    /// The lists that were looked at last, which may be old by now.
    var knownLists: OfferLists { assembled.withLock { $0 } ?? lists }

    private func isCurrent(_ lists: OfferLists) -> Bool {
        for (index, member) in members.enumerated() where member.server.catalog.edition != lists.editions[index] {
            return false
        }
        return true
    }

    /// Has the lists of servers that never tell of changes be read again from time to time.
    func refresh() {
        for member in members { member.server.refreshOldCatalog() }
    }

    /// Tells whether a client would see the same in another view.
    func isLike(_ other: OfferView) -> Bool {
        terms == other.terms && members.count == other.members.count
            && zip(members, other.members).allSatisfy { own, other in
                own.server === other.server && own.prefix.hasBytes(of: other.prefix)
                    && own.toolFilter == other.toolFilter
            }
    }

    func has(_ server: ServerConnections) -> Bool { members.contains { $0.server === server } }
}
