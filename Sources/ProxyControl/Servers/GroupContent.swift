import MCPFrontEnd
import MCPGateway
import MCPValues
import NIOCore
import ProxyConfiguration

/// What is offered together at one moment, and to whom.
struct GroupContent: Sendable {
    /// What clients could notice of a change.
    enum Change {
        case nothing
        /// Other servers have taken the places of some, under the same terms.
        case replaced([(former: ServerConnections, present: ServerConnections)])
        case other
    }

    let members: [Member]
    let terms: OfferTerms
    let logsRequests: Bool
    let access: Access
    /// Whether it has tokens of its own, so that those of its servers do not count.
    let hasOwnTokens: Bool

    /// What comes of it for clients that it takes the place of another.
    func change(since former: GroupContent) -> Change {
        guard terms == former.terms, members.count == former.members.count else { return .other }
        var replaced: [(former: ServerConnections, present: ServerConnections)] = []
        for (old, new) in zip(former.members, members) {
            guard old.server.name.hasBytes(of: new.server.name), old.prefix.hasBytes(of: new.prefix),
                old.toolFilter == new.toolFilter, old.access == new.access
            else { return .other }
            if old.server !== new.server { replaced.append((old.server, new.server)) }
        }
        return replaced.isEmpty ? .nothing : .replaced(replaced)
    }
}

extension ServerBuilder {
    /// What a group offers of the servers there are, in their order.
    func content(of group: GroupSettings, _ servers: [ManagedServer]) -> GroupContent {
        let chosen = group.members(of: servers, isForOneClient: clientele == .oneClient, \.settings)
        let members = chosen.map { server in
            Member(
                server.connections, toolFilter: server.settings.options.toolFilter,
                prefix: server.settings.offeredPrefix,
                access: access(to: server, in: group))
        }
        return GroupContent(
            members: members, terms: terms(of: group), logsRequests: group.logEnabled,
            access: access(to: group, members), hasOwnTokens: group.authTokens != nil)
    }

    /// An offer with this content.
    func offer(_ name: String, _ content: GroupContent) -> Offer {
        Offer(
            name: name, merging: content.members, content.terms, logsRequests: content.logsRequests,
            indexing: .beside, logger: logger)
    }

    /// Who may use a server as what a group offers: with tokens of its own, the group opens all that it offers.
    private func access(to server: ManagedServer, in group: GroupSettings) -> Access {
        if clientele == .oneClient { return .everybody }
        let ofServer = group.name.isEmpty ? server.route.access : server.route.access.asMember(of: ByteText(group.name))
        guard let own = group.authTokens else { return ofServer }
        // Where nobody else can come in, everybody who has may use all.
        return !principals.asksEverybody ? .everybody : ofServer.held(as: principals.access(own, clientsOf: []))
    }

    /// Where there is no server yet, whoever may use one that has no tokens of its own may come.
    private func access(to group: GroupSettings, _ members: [Member]) -> Access {
        let place = group.name.isEmpty ? Place.endpoint : .group(ByteText(group.name))
        guard group.authTokens == nil, !members.isEmpty else {
            let tokens = group.authTokens ?? settings.options.authTokens
            if group.authTokens != nil, tokens.isEmpty { return .nobody }
            return principals.access(tokens, clientsOf: [place] + members.flatMap(\.access.places))
        }
        let all = Access.union(members.map(\.access))
        return principals.asksEverybody ? .union([all, .holders([], clientsOf: [place])]) : all
    }

    private func terms(of group: GroupSettings) -> OfferTerms {
        var terms = OfferTerms()
        terms.naming = group.naming
        terms.maximumNameLength = group.maximumNameLength
        terms.tools = group.tools
        terms.prompts = group.prompts
        terms.resources = group.resources
        terms.isReadOnly = group.isReadOnly
        terms.overrides = group.overrides
        terms.discovery = group.toolDiscovery
        terms.pinned = group.pinned
        terms.selfSearchingClients = group.selfSearchingClients
        terms.instructions = group.instructions
        terms.firstListWait = group.firstListWait
        terms.identity.name = settings.name
        terms.identity.version = settings.version
        terms.identity.title = group.title ?? settings.title
        terms.identity.icons = settings.icons.map { ByteBuffer(bytes: $0) }
        return terms
    }
}
