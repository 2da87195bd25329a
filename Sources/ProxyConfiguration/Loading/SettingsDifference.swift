/// What changes when settings take the place of others while the proxy runs.
package struct SettingsDifference: Sendable, Equatable {
    /// One server that stays, with other settings.
    private struct Change: Equatable {
        var settings: ServerSettings
        var keys: [String]
    }

    /// The servers that come, in the new order.
    package let added: [ServerSettings]
    /// The servers that go, in the old order.
    package let removed: [ServerSettings]
    /// How many servers stay as they are.
    package let unchangedCount: Int
    /// The keys under `mcpProxy` that changed and count only when the program is started again, such as `addr`.
    package let needsRestart: [String]
    /// Whether `mcpProxy.management` changed, or the tokens that open the management interface, wherever they stand.
    package let managementChanged: Bool
    /// What changes of the groups, and of the endpoint for all servers.
    package let groups: GroupsDifference
    private let changes: [Change]
    private let managementKeys: [String]
    private let optionKeys: [String]
    private let clientLines: [String]

    /// Compares settings.
    package init(from old: ProxySettings, to new: ProxySettings) {
        let before = Dictionary(old.servers.map { ($0.name, $0) }) { _, last in last }
        let names = Set(new.servers.map(\.name))
        added = new.servers.filter { before[$0.name] == nil }
        removed = old.servers.filter { !names.contains($0.name) }
        changes = new.servers.compactMap { server in
            guard let keys = before[server.name]?.keysChanged(to: server), !keys.isEmpty else { return nil }
            return Change(settings: server, keys: keys)
        }
        groups = GroupsDifference(from: old, to: new)
        unchangedCount = new.servers.count - added.count - changes.count
        needsRestart = old.keysForRestart(to: new)
        managementKeys = ManagementKey.all.changed(from: old.management, to: new.management).map(\.name)
        managementChanged = !managementKeys.isEmpty || old.managementTokens != new.managementTokens
        optionKeys = old.options.keysChanged(to: new.options)
        clientLines = Self.clientLines(from: old.clients, to: new.clients)
    }

    /// The servers that stay with other settings, with the new ones.
    package var changed: [ServerSettings] { changes.map(\.settings) }

    /// Whether `mcpProxy.options` changed, which servers added over the API inherit.
    package var optionsChanged: Bool { !optionKeys.isEmpty }

    /// Whether nothing changed that counts.
    package var isEmpty: Bool { lines.isEmpty }

    private static func clientLines(from old: [ClientSettings], to new: [ClientSettings]) -> [String] {
        let before = Dictionary(old.map { ($0.name, $0) }) { _, last in last }
        let names = Set(new.map(\.name))
        return new.filter { before[$0.name] == nil }.map { "+ client \(ConfigurationPath.quoted($0.name))" }
            + old.filter { !names.contains($0.name) }.map { "- client \(ConfigurationPath.quoted($0.name))" }
            + new.compactMap { client in
                guard let keys = before[client.name].map({ ClientKey.all.changed(from: $0, to: client).map(\.name) }),
                    !keys.isEmpty
                else { return nil }
                return "~ client \(ConfigurationPath.quoted(client.name)): \(keys.joined(separator: ", "))"
            }
    }

    /// The difference for people, one line for each server and part. Names of keys are shown, values never.
    package var lines: [String] {
        added.map { "+ \($0)" } + removed.map { "- \($0.displayName)" }
            + changes.map { "~ \($0.settings.displayName): \($0.keys.joined(separator: ", "))" }
            + groups.lines + clientLines
            + (optionKeys.isEmpty ? [] : ["~ mcpProxy.options: \(optionKeys.joined(separator: ", "))"])
            + (managementKeys.isEmpty ? [] : ["~ mcpProxy.management: \(managementKeys.joined(separator: ", "))"])
            + needsRestart.map { "! mcpProxy.\($0) needs a restart" }
    }
}

/// What changes of the groups when settings take the place of others. All of it takes effect in place.
package struct GroupsDifference: Sendable, Equatable {
    /// The groups that come, in the new order.
    package let added: [GroupSettings]
    /// The groups that go, in the old order.
    package let removed: [GroupSettings]
    /// The groups that stay with other settings, with the new ones.
    package let changed: [GroupSettings]
    /// Whether the endpoint for all servers changes.
    package let endpointChanged: Bool
    /// The difference for people, as for servers.
    fileprivate let lines: [String]

    fileprivate init(from old: ProxySettings, to new: ProxySettings) {
        let before = Dictionary(old.groups.map { ($0.name, $0) }) { _, last in last }
        let names = Set(new.groups.map(\.name))
        let endpointKeys = old.endpoint.keysChanged(to: new.endpoint)
        let changes = new.groups.compactMap { group -> (settings: GroupSettings, keys: [String])? in
            guard let keys = before[group.name]?.keysChanged(to: group), !keys.isEmpty else { return nil }
            return (group, keys)
        }
        added = new.groups.filter { before[$0.name] == nil }
        removed = old.groups.filter { !names.contains($0.name) }
        changed = changes.map(\.settings)
        endpointChanged = !endpointKeys.isEmpty
        lines =
            added.map { "+ group \(ConfigurationPath.quoted($0.name))" }
            + removed.map { "- group \(ConfigurationPath.quoted($0.name))" }
            + changes.map {
                "~ group \(ConfigurationPath.quoted($0.settings.name)): \($0.keys.joined(separator: ", "))"
            }
            + (endpointKeys.isEmpty ? [] : ["~ mcpProxy.endpoint: \(endpointKeys.joined(separator: ", "))"])
    }

    /// Whether nothing changes.
    package var isEmpty: Bool { lines.isEmpty }
}

// MARK: - The keys that changed

extension ProxySettings {
    /// The keys under `mcpProxy` that a running proxy cannot take over.
    fileprivate func keysForRestart(to new: ProxySettings) -> [String] {
        ProxyKey.all.changed(from: self, to: new).filter { $0.whenChanged == .restart }.flatMap { row in
            guard row.known.shape == .object(.limits) else { return [row.name] }
            return LimitKey.all.changed(from: limits, to: new.limits).map { "limits.\($0.name)" }
        }
    }
}

extension ServerSettings {
    /// The keys of the server, merged options included, whose values differ.
    fileprivate func keysChanged(to new: ServerSettings) -> [String] {
        (ServerKey.way + ServerKey.serving).changed(from: self, to: new).map(\.name)
            + (cannotStart == new.cannotStart ? [] : ["variables"])
            + (ServerKey.times + ServerKey.naming).changed(from: self, to: new).map(\.name)
            + options.keysChanged(to: new.options).map { "options.\($0)" }
    }

    /// What other settings do to the server while it runs.
    package func effect(ofChangeTo new: ServerSettings) -> ChangeEffect {
        // Two things that everybody is told of the server, and that several keys say together; and on whose behalf it is
        // called, and with what of its callers' at which address, which nothing that was opened before may go on with.
        guard transport.startsProcess == new.transport.startsProcess, takesAnyCertificate == new.takesAnyCertificate,
            authorization.behalf == new.authorization.behalf,
            passedHeaders.isEmpty || transport.url == new.transport.url
        else { return .replace }
        let effects =
            ServerKey.all.changed(from: self, to: new).map(\.whenChanged)
            + OptionKey.all.changed(from: options, to: new.options).map(\.whenChanged)
            + (cannotStart == new.cannotStart ? [] : [.renew])
        return effects.max() ?? .inPlace
    }
}

extension ServerOptions {
    /// The keys whose values differ.
    fileprivate func keysChanged(to new: ServerOptions) -> [String] {
        OptionKey.all.changed(from: self, to: new).map(\.name)
    }
}

extension GroupSettings {
    /// The keys whose values differ.
    fileprivate func keysChanged(to new: GroupSettings) -> [String] {
        ([GroupKey.enabled] + GroupKey.all).changed(from: self, to: new).map(\.name)
            + GroupKey.options.changed(from: self, to: new).map { "options.\($0.name)" }
    }
}
