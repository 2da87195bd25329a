/// The keys that other programs have for a server.
enum ForeignKeys {
    /// The proxy's own key, and what others call it.
    static let renamed: [(name: String, others: Set<String>)] = [
        (
            "url",
            ["serverUrl", "serverURL", "server_url", "httpUrl", "http_url", "uri", "baseUrl", "base_url", "endpoint"]
        ),
        ("command", ["cmd"]),
        ("env", ["envs", "environment"]),
        ("headers", ["http_headers", "httpHeaders", "customHeaders"]),
        ("cwd", ["workingDirectory", "working_directory", "working_dir", "workdir"]),
        ("transportType", ["transport", "transport_type"]),
        ("enabled", ["isActive", "is_active", "active"]),
    ]

    /// The only tools that are seen.
    static let allowedTools = [
        "includeTools", "enabledTools", "enabled_tools", "allowedTools", "allowed_tools", "available_tools",
    ]
    /// The tools that are not seen.
    static let blockedTools = ["excludeTools", "disabledTools", "disabled_tools", "blockedTools", "excludedTools"]

    /// Time limits whose names say what they count.
    static let times: [(written: String, unit: ForeignTime.Unit, key: String)] = [
        ("startup_timeout_sec", .seconds, "startTimeout"), ("startup_timeout_ms", .milliseconds, "startTimeout"),
        ("initTimeout", .milliseconds, "startTimeout"), ("tool_timeout_sec", .seconds, "callTimeout"),
    ]

    /// What is for the program itself: when it asks, what it shows, how it logs in.
    static let unused: Set<String> = [
        "alwaysAllow", "always_allow", "autoApprove", "autoapprove", "auto_approve", "autoApproveAll", "trust",
        "trusted", "envFile", "env_file", "env_keys", "description", "display_name", "displayName", "title", "icon",
        "iconPath", "name", "id", "note", "notes", "comment", "_comment", "gallery", "version", "provider",
        "providerUrl", "tags", "source", "settings", "bundled", "builtin", "dev", "sandboxEnabled", "sandbox",
        "chatMenu", "startup", "serverInstructions", "instructions", "customUserVars", "initTimeout", "sseReadTimeout",
        "requiresOAuth", "oauth", "authProviderType", "scopes", "startup_timeout_sec", "startup_timeout_ms",
        "tool_timeout_sec", "longRunning", "long_running", "metadata", "watchPaths", "networkTimeout", "tools",
        "alwaysLoad", "registryUrl", "installSource", "reference", "logoUrl", "dxtVersion", "disabledAutoApproveTools",
        "enabled_tools_only", "required", "proxy_headers", "requestOptions", "stderr", "headersHelper",
    ]
}

/// A time limit that another program writes as a number, in a unit of its own.
package struct ForeignTime: Equatable {
    /// What a program counts.
    package enum Unit: String, Sendable {
        case seconds = "s"
        case milliseconds = "ms"
        /// Nobody has said; small numbers are then taken for seconds.
        case either = ""
    }

    /// The key as it stands there.
    package var written: String
    /// The number as it stands there.
    package var number: String
    /// The proxy's own key.
    package var key: String
    /// The time in the proxy's words.
    package var time: String

    /// Reads a time limit; nil for what is none. One that is longer than the proxy allows becomes the longest.
    ///
    /// - Parameter least: What is shorter was meant in another unit.
    package init?(
        _ node: ConfigurationNode, written: String, unit: Unit, for key: String, least: Duration = .milliseconds(1)
    ) {
        guard case .number(let number) = node.value else { return nil }
        let time = unit == .either ? Self.plausible(number) : number + unit.rawValue
        guard let time, let duration = DurationText.parse(time)?.duration, duration >= least else {
            return nil
        }
        self.written = written
        self.number = ConfigurationPath.shown(number)
        self.key = key
        let longest = Self.longest(key)
        let isWhole = number.utf8.allSatisfy { (0x30...0x39).contains($0) }
        self.time = isWhole && duration <= longest ? time : DurationText.format(min(duration, longest))
    }

    /// What became of it, in words.
    package var words: String { "\(written) \(number) became \(key) \(time)" }

    private static func plausible(_ number: String) -> String? {
        guard let parsed = DurationText.parse(number), let count = parsed.bareNumber, count > 0 else { return nil }
        return DurationText.format(parsed.hasForgottenUnit ? DurationText.plausible(count) : parsed.duration)
    }

    private static func longest(_ key: String) -> Duration {
        if case .duration(let range?)? = KeyScope.server.key(named: key)?.shape { return range.upperBound }
        return .seconds(24 * 60 * 60)
    }
}
