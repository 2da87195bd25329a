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
        "requiresOAuth", "oauth", "auth", "authProviderType", "scopes", "startup_timeout_sec", "startup_timeout_ms",
        "tool_timeout_sec", "longRunning", "long_running", "metadata", "watchPaths", "networkTimeout", "tools",
        "alwaysLoad", "registryUrl", "installSource", "reference", "logoUrl", "dxtVersion", "disabledAutoApproveTools",
        "enabled_tools_only", "required", "proxy_headers", "requestOptions", "stderr", "headersHelper",
    ]
}
