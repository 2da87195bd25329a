import Logging
import MCPFrontEnd
import MCPGateway
import ProxyConfiguration

// MARK: - Servers that are offered together

extension ServerRegistry {
    /// Lets clients reach the endpoint for all servers and the groups, from now on as servers and settings change.
    package func openGroups() {
        for group in settings.offered { takeGroup(ManagedGroup(settings: group, source: .file)) }
        offerTogether()
        builder.catalogs.listen { [weak self] _, _, _ in
            // The owner of the groups is an actor, and what a server lists is no matter of its event loop.
            Task { await self?.reportFindings() }
        }
    }

    /// The names of all groups, the one without a name first.
    package var groupNames: [String] { groups.keys.sorted() }

    /// Takes over what a configuration says otherwise than the one before of groups. They are offered like that once its
    /// tokens are accepted.
    func takeGroups(_ new: ProxySettings) {
        let configured = Set(new.servers.map(\.name))
        let (old, new) = (settings.offered, new.offered)
        let names = Set(new.map(\.name))
        for group in groups.values where group.source == .file && !names.contains(group.settings.name) {
            withdraw(group)
        }
        for group in groups.values where group.source == .api && configured.contains(group.settings.name) {
            withdraw(group)
            logger.error(
                "a group that was added over the API is not offered any more: a server of the configuration has its name",
                metadata: ["group": "\(ServerName.redacted(group.settings.name))"])
        }
        for group in new where groups[group.name] == nil || !old.contains(group) {
            takeGroup(ManagedGroup(settings: group, source: .file))
        }
    }

    /// The settings in force, with the groups that were added over the API.
    var settingsWithAllGroups: ProxySettings {
        var all = settings
        all.groups += groups.values.filter { $0.source == .api }.map(\.settings)
        return all
    }

    /// Has a group take the place of the one of its name. Clients go on where they are.
    func takeGroup(_ group: ManagedGroup) {
        var group = group
        let former = groups[group.settings.name]
        (group.offer, group.content) = (former?.offer, former?.content)
        groups[group.settings.name] = group
    }

    /// Takes a group away from clients.
    func withdraw(_ group: ManagedGroup) {
        groups[group.settings.name] = nil
        guard let offer = group.offer else { return }
        frontDoor.withdraw(offer)
        gateway.closeSessions(at: offer.name, reason: "the group was removed")
    }

    /// Offers together what there is now, and tells clients what they could notice.
    func offerTogether() {
        let servers = offeredServers
        for group in groups.values { offer(group, servers) }
    }

    /// All servers that clients can reach and that belong to no session, in the order of the configuration, then of their
    /// names.
    var offeredServers: [ManagedServer] {
        let written = settings.servers.map(\.name)
        let known = Set(written)
        let added = servers.keys.filter { !known.contains($0) }.sorted()
        return (written + added).compactMap { servers[$0] }.filter { !$0.isDisabled && $0.source != .adHoc }
    }

    private func offer(_ group: ManagedGroup, _ servers: [ManagedServer]) {
        let content = builder.content(of: group.settings, servers)
        var group = group
        defer { groups[group.settings.name] = group }
        let former = group.content
        group.content = content
        guard let offer = group.offer, let former, former.hasOwnTokens == content.hasOwnTokens else {
            // Whoever was let in by other rules keeps what was offered by those, until the session ends.
            let offer = builder.offer(group.settings.name, content)
            let replaced = group.offer
            group.offer = offer
            publish(offer, content)
            if replaced != nil {
                gateway.closeSessions(at: offer.name, reason: "other tokens open the group")
            }
            return offer.reportFindings()
        }
        let change = content.change(since: former)
        // To show something means to assemble every list anew.
        if case .nothing = change, content.logsRequests == former.logsRequests { return publish(offer, content) }
        offer.show(content.members, content.terms, logsRequests: content.logsRequests)
        publish(offer, content)
        switch change {
        case .nothing: return
        case .replaced(let pairs): for pair in pairs { pair.present.tellChanges(since: pair.former) }
        case .other:
            gateway.offerChanged(offer)
        }
        offer.reportFindings()
    }

    private func publish(_ offer: Offer, _ content: GroupContent) {
        frontDoor.publish(Route(offer: offer, access: content.access, isOpenedByServers: !content.hasOwnTokens))
    }

    private func reportFindings() {
        for group in groups.values { group.offer?.reportFindings() }
    }
}

extension ProxySettings {
    /// All that is offered together, the endpoint for all servers among it.
    fileprivate var offered: [GroupSettings] { groups + (endpoint.isEnabled ? [endpoint] : []) }
}
