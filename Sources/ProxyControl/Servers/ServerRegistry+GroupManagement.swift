import Logging
package import MCPFrontEnd
import MCPGateway
import MCPValues
package import NIOCore
import ProxyConfiguration

// MARK: - Groups over the API

extension ServerRegistry: GroupManagement {
    package func groupReports() -> [GroupReport] {
        groups.values.filter { !$0.settings.name.isEmpty }.sorted { $0.settings.name < $1.settings.name }
            .compactMap(report)
    }

    package func groupReport(of name: String) -> GroupReport? {
        guard var report = (name == GroupReport.endpointName ? groups[""] : named(name)).flatMap(report) else {
            return nil
        }
        report.name = name
        return report
    }

    package func putGroup(
        _ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> GroupReport {
        try await alone(with: name) { () async throws(ManagementRefusal) in
            try checkRight(of: caller)
            let settings = try readGroup(name, configuration, for: caller)
            let owner = groups[name]?.owner ?? mark(of: caller)
            try await groupStore?.put(KeptGroup(name: name, configuration: configuration, owner: owner), as: name)
            takeGroup(ManagedGroup(settings: settings, source: .api, configuration: configuration, owner: owner))
            groupsChanged()
            guard let report = groupReport(of: name) else { throw .unknownGroup(name) }
            return report
        }
    }

    package func removeGroup(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal) {
        try await alone(with: name) { () async throws(ManagementRefusal) in
            try checkRight(of: caller)
            // One that is kept and is not offered can be forgotten.
            let group = named(name)
            guard group != nil || groupStore?[name] != nil else { throw .unknownGroup(name) }
            try await groupStore?.put(nil, as: name)
            if let group { withdraw(group) }
            // A reload finds it missing, if the configuration has it.
            settings.groups.removeAll { $0.name.hasBytes(of: name) }
            groupsChanged()
        }
    }

    // MARK: Across restarts

    /// Offers the groups that were added over the API before the last restart.
    func restoreGroups() {
        for kept in groupStore?.all ?? [] {
            do throws(ManagementRefusal) {
                guard groups[kept.name] == nil else {
                    throw ManagementRefusal(.nameTaken, "the configuration has a group of that name")
                }
                let settings = try readGroup(kept.name, kept.configuration, for: starter(of: kept.owner))
                takeGroup(
                    ManagedGroup(
                        settings: settings, source: .api, configuration: kept.configuration, owner: kept.owner))
            } catch {
                logger.error(
                    "a group that was added over the API is not offered",
                    metadata: [
                        "group": "\(ServerName.redacted(kept.name))", "reason": "\(error.detail)",
                        "problems": "\(error.problems.joined(separator: "; "))",
                    ])
            }
        }
        offerTogether()
    }

    /// Forgets the groups that the operator's file has taken the place of.
    func forgetReplacedGroups() async {
        guard let groupStore else { return }
        for kept in groupStore.all where groups[kept.name]?.source == .file {
            do throws(ManagementRefusal) {
                try await groupStore.put(nil, as: kept.name)
            } catch {
                logger.error(
                    "at the next start this group will be what it no longer is",
                    metadata: ["group": "\(ServerName.redacted(kept.name))"])
            }
        }
    }

    // MARK: How

    private func named(_ name: String) -> ManagedGroup? {
        guard !name.isEmpty, let group = groups[name], group.settings.name.hasBytes(of: name) else { return nil }
        return group
    }

    private func report(of group: ManagedGroup) -> GroupReport? {
        guard let offer = group.offer else { return nil }
        return GroupReport(
            name: group.settings.name,
            path: group.settings.name.isEmpty ? "\(prefix)/" : "\(prefix)/\(PathEncoding.encode(group.settings.name))/",
            source: group.source, offered: offer.report())
    }

    /// What a group is to be, read and allowed.
    private func readGroup(
        _ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller
    ) throws(ManagementRefusal) -> GroupSettings {
        guard servers[name] == nil, pending[name] == nil else {
            throw ManagementRefusal(
                .nameTaken, "there is a server \"\(ServerName.redacted(name))\"; a group needs another name")
        }
        let group: GroupSettings
        do throws(ConfigurationError) {
            group = try ConfigurationLoader.loadGroup(
                named: name, text: Array(configuration.readableBytesView), source: "config", proxy: settings,
                servers: Array(servers.keys)
            ).settings
        } catch {
            let errors = error.problems.filter { $0.severity == .error }
            throw ManagementRefusal(
                .invalidConfiguration, "the configuration of the group cannot be used",
                problems: errors.map(\.description))
        }
        guard caller.isKnown || group.authTokens == nil else {
            throw forbidden(
                "a group that asks for tokens can be added only with a token of the management API; set "
                    + "mcpProxy.management.authTokens")
        }
        let added = groups.values.count { $0.source == .api && $0.settings.name != name }
        guard added < management.maxServers else {
            throw ManagementRefusal(
                .quota, "there are \(added) such groups already (mcpProxy.management.maxServers); remove one")
        }
        return group
    }

    /// Who may change what depends on which tokens there are.
    private func groupsChanged() {
        offerTogether()
        openManagement()
        watch.note()
    }
}
