import MCPCore
import MCPValues
import NIOCore
import Synchronization

/// What one caller sees of an offer: the members that it may use and wants, and their lists, assembled when they are asked
/// for first and again when a server has others.
final class OfferView: Sendable {
    let members: [Member]
    /// Of the offer, when this was made.
    let edition: Int
    let terms: OfferTerms
    private let selection: OfferSelection
    private let assembled = Mutex<OfferLists?>(nil)

    /// - Parameter members: Those that the caller may use.
    init(_ members: [Member], _ terms: OfferTerms, _ narrowing: Narrowing, edition: Int) {
        self.members = members.filter { member in narrowing.servers.allSatisfy { $0.admits(member.server.name) } }
        self.edition = edition
        self.terms = terms
        selection = OfferSelection(terms, narrowing)
    }

    /// The lists as they are now.
    var lists: OfferLists {
        assembled.withLock { assembled in
            if let assembled, isCurrent(assembled) { return assembled }
            // Read before the catalogs: one that changes meanwhile is looked at once more.
            let editions = members.map(\.server.catalog.edition)
            let assembly = OfferAssembly(members, members.map(\.server.catalog.current), selection)
            let lists = OfferLists(assembly, editions: editions)
            assembled = lists
            return lists
        }
    }

    /// The lists with what servers show to one client.
    func lists(with own: (ServerConnections) -> ServerCatalog?) -> OfferLists {
        let editions = members.map(\.server.catalog.edition)
        let catalogs = members.map { own($0.server) ?? $0.server.catalog.current }
        return OfferLists(OfferAssembly(members, catalogs, selection), editions: editions)
    }

    /// The lists that were looked at last, which may be old by now.
    var knownLists: OfferLists { assembled.withLock { $0 } ?? lists }

    func isCurrent(_ lists: OfferLists) -> Bool {
        for (index, member) in members.enumerated() where member.server.catalog.edition != lists.editions[index] {
            return false
        }
        return true
    }

    /// Has the lists of servers that never tell of changes be read again from time to time.
    func refresh() {
        for member in members { member.server.refreshOldCatalog() }
    }

    func has(_ server: ServerConnections) -> Bool { members.contains { $0.server === server } }
}
