import MCPCore
import MCPValues
import NIOCore

/// Holds what one client is offered: the lists of all who may use the same servers, without what it does not want to
/// see and what it may not use.
///
/// Clients choose what they want to see, and there may be any number of clients: nothing is kept of these.
struct SeenLists {
    let lists: OfferLists
    let narrowing: Narrowing
    let rights: ToolRights
    /// Whether everybody sees the same who comes in the same way.
    private let isShared: Bool

    init(_ lists: OfferLists, _ narrowing: Narrowing, of principal: Principal = .anonymous) {
        self.lists = lists
        self.narrowing = narrowing
        rights = principal.tools
        isShared = principal == .anonymous && narrowing.isEmpty
    }

    /// Whether the client sees all that there is.
    private var hidesNothing: Bool { narrowing.hidesNothing && rights.isAll }

    // MARK: What names stand for

    /// Returns what a tool that is called stands for; nil when nothing is offered under the name.
    func tool(named name: String) -> OfferLists.Target? {
        lists.tool(named: name).flatMap { wants($0, as: name) ? $0 : nil }
    }

    /// Returns what a prompt that is asked for stands for; nil when nothing is offered under the name.
    func prompt(named name: String) -> OfferLists.Target? {
        lists.prompt(named: name).flatMap { wants($0.member) ? $0 : nil }
    }

    /// Finds who may know an address, in the order in which they are to be asked; empty when it is not offered.
    func resources(at address: String) -> [AddressTable.Origin] {
        lists.resources(at: address).filter { wants($0.member) }
    }

    /// Finds who has a template; nil when it is not offered.
    func template(_ template: String) -> AddressTable.Origin? {
        lists.template(template).flatMap { wants($0.member) ? $0 : nil }
    }

    /// Says why a tool is not called at the moment although it is offered; nil for all others. Where only what changes
    /// nothing is offered, what a server said before it was started anew does not count: it may be another version.
    func whyNotNow(_ target: OfferLists.Target) -> Refusal? {
        guard narrowing.isReadOnly || rights.isReadOnly || lists.selection.terms.isReadOnly else { return nil }
        let server = lists.members[target.member].server
        guard !server.catalog.isPresent else { return nil }
        let words =
            "server \"\(server.displayName)\" is starting, and only tools that change nothing are offered here: which these "
            + "are is known when it has started; try again in a moment"
        return Refusal(.overloaded, words)
    }

    // MARK: Answers

    /// Returns the answer to a request for a list.
    ///
    /// - Parameter client: The name that the client gives of itself.
    /// - Throws: when the cursor is none of this list.
    func answer(
        to id: RequestID, _ kind: CatalogKind, after cursor: String?, for era: Era,
        client: @autoclosure () -> String?
    ) throws(Refusal) -> ByteBuffer {
        let isSearchable = kind == .tools && hasSearch
        guard isSearchable || !hidesNothing else {
            return try lists.answer(to: id, kind, after: cursor, for: era, isShared: isShared)
        }
        let client = isSearchable ? client() : nil
        return try lists.answer(to: id, kind, after: cursor, for: era, isShared: isShared) { whole in
            let list = hidesNothing ? whole : whole.filtered(isWanted)
            return isSearchable && isSearched(list, by: client) ? searched(list) : list
        }
    }

    private func isWanted(_ entry: OfferedList.Entry) -> Bool {
        entry.tool.map { wants($0, as: entry.name) } ?? wants(entry.member)
    }

    /// What all of it is for the client.
    var introduction: OfferIntroduction {
        guard !narrowing.servers.isEmpty else { return lists.introduction }
        let members = lists.members.indices.filter(wants).map { lists.members[$0] }
        return OfferIntroduction(members, members.map(\.server.catalog.current), lists.selection.terms)
    }

    // MARK: What is wanted

    private func wants(_ member: Int) -> Bool { narrowing.wants(lists.members[member].server) }

    func wants(_ target: OfferLists.Target, as name: String) -> Bool {
        guard !hidesNothing else { return true }
        guard wants(target.member), !narrowing.isReadOnly || target.isReadOnly, mayUse(target) else { return false }
        return narrowing.tools.isEmpty || narrowing.tools.allSatisfy { $0.admits(name) && !$0.denies(whole(target)) }
    }

    /// A tool of which only the name is known is used only by who may use everything: a server may take the name
    /// for that of another tool.
    private func mayUse(_ target: OfferLists.Target) -> Bool {
        rights.isAll
            || target.isListed
                && rights.admit(whole(target), given: target.override?.name, saysReadOnly: target.isReadOnly)
    }

    /// Returns the name that a tool would have without any bound: one that was cut may not show any more what it was.
    private func whole(_ target: OfferLists.Target) -> String {
        let name = JSONView(text: target.name, range: 0..<target.name.readableBytes).string ?? ""
        return OfferedName.whole(name, prefix: lists.members[target.member].prefix)
    }
}

extension Narrowing {
    /// Tells whether the client wants to see anything of a server.
    func wants(_ server: ServerConnections) -> Bool { servers.allSatisfy { $0.admits(server.name) } }
}
