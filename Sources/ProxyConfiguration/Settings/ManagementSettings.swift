package import Addresses

/// What may be changed while the proxy runs, by whom and how often (`mcpProxy.management`).
package struct ManagementSettings: Sendable, Equatable {
    /// The tokens that open the management interface, or nil if those of `mcpProxy.options` do; never an empty list.
    package var authTokens: [Secret]?
    /// Which programs servers added over the API may be.
    package var stdio: StdioManagement
    /// Whether servers added over the API may be remote ones.
    package var remote: ManagementPermission
    /// Whether a client may bring a server of its own with its session.
    package var adHoc: ManagementPermission
    /// Networks that remote servers added over the API may be in although they are not public, such as `10.0.0.0/8`.
    package var allowAddresses: [AddressNetwork]
    /// The commands prepared by the operator, by name.
    package var templates: [String: CommandTemplate]
    /// The most servers added over the API.
    package var maxServers: Int
    /// The most servers that clients brought with their sessions.
    package var maxAdHocServers: Int
    /// The most servers of either kind that one authenticated caller may have.
    package var maxServersPerPrincipal: Int
    /// The most changes within one minute.
    package var maxChangesPerMinute: Int
    /// Whether the configuration is loaded again when its file changes.
    package var watch: Bool
    /// How often a configuration at a URL is asked for again.
    package var pollInterval: Duration
    /// How long the calls under way may take to finish when a server is removed or replaced.
    package var drainTimeout: Duration

    /// Settings in which everything not named has its default.
    package init(
        authTokens: [Secret]? = nil,
        stdio: StdioManagement = .allow,
        remote: ManagementPermission = .allow,
        adHoc: ManagementPermission = .allow,
        allowAddresses: [AddressNetwork] = [],
        templates: [String: CommandTemplate] = [:],
        maxServers: Int = 64,
        maxAdHocServers: Int = 32,
        maxServersPerPrincipal: Int = 32,
        maxChangesPerMinute: Int = 60,
        watch: Bool = true,
        pollInterval: Duration = .seconds(30),
        drainTimeout: Duration = .seconds(10)
    ) {
        self.authTokens = authTokens
        self.stdio = stdio
        self.remote = remote
        self.adHoc = adHoc
        self.allowAddresses = allowAddresses
        self.templates = templates
        self.maxServers = maxServers
        self.maxAdHocServers = maxAdHocServers
        self.maxServersPerPrincipal = maxServersPerPrincipal
        self.maxChangesPerMinute = maxChangesPerMinute
        self.watch = watch
        self.pollInterval = pollInterval
        self.drainTimeout = drainTimeout
    }
}

/// Which programs may be started for servers that are added over the API (`mcpProxy.management.stdio`).
package enum StdioManagement: String, Sendable, Equatable, CaseIterable {
    /// Any command that an authorised caller names; the default.
    case allow
    /// Only those of the operator's templates.
    case templates
    /// None.
    case deny
}

/// Whether a kind of change over the API is possible at all (`mcpProxy.management.remote` and `.adHoc`).
package enum ManagementPermission: String, Sendable, Equatable, CaseIterable {
    /// For callers who may change servers; the default.
    case allow
    /// For nobody.
    case deny
}
