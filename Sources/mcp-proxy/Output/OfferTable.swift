import ProxyConfiguration

/// Where servers are offered together, and how much of their names stays whole there, as far as a configuration says it.
struct OfferTable {
    private let settings: ProxySettings

    init(_ settings: ProxySettings) {
        self.settings = settings
    }

    /// The table; none where every server is only alone.
    var lines: [String] {
        let rows = groups.flatMap(rows)
        guard !rows.isEmpty else { return [] }
        return TextTable.lines(["OFFERED AT", "SERVER", "PREFIX", "NAMES STAY WHOLE"], rows)
    }

    private var groups: [GroupSettings] {
        let enabled = settings.servers.count { !$0.options.disabled }
        let endpoint = settings.endpoint.isEnabled && (enabled > 1 || !settings.groups.isEmpty)
        return (endpoint ? [settings.endpoint] : []) + settings.groups
    }

    private func rows(_ group: GroupSettings) -> [[String]] {
        let path = "\(settings.baseURL.pathPrefix)/\(group.name.isEmpty ? "" : group.name + "/")mcp"
        let members = group.members(of: settings.servers.filter { !$0.options.disabled }) { $0 }
        guard !members.isEmpty else { return [[path, "none", "-", "-"]] }
        return members.map { [path, $0.displayName] + Self.names(of: $0, in: group) }
    }

    private static func names(of server: ServerSettings, in group: GroupSettings) -> [String] {
        let prefix = server.offeredPrefix
        if !group.hasPrefixes { return ["-", "all"] }
        if let reason = PrefixConversion.reasonForDigest(prefix) { return [prefix, "none: the prefix has \(reason)"] }
        let room = group.maximumNameLength - prefix.utf8.count - "__".utf8.count
        return [prefix, room > 0 ? "up to \(room) characters" : "none: the prefix is too long"]
    }
}
