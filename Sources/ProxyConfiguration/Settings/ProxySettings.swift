/// Everything the program needs to know to run, checked and complete.
///
/// A value of this type is made by ``ConfigurationLoader`` (or by hand in tests) and holds no text that still has to be
/// interpreted: defaults are filled in and every server's options are merged with the proxy's.
package struct ProxySettings: Sendable, Equatable {
    /// The public address clients reach the proxy under; it decides the path prefix of every route.
    package var baseURL: BaseURL
    /// Where the proxy listens.
    package var address: ListenAddress
    /// The name the proxy gives itself in the MCP handshake.
    package var name: String
    /// The version the proxy gives itself in the MCP handshake.
    package var version: String
    /// The transport whose addresses are advertised to clients; both are always served.
    package var advertised: AdvertisedTransport
    /// The defaults of every server's options; its tokens open the management interface, too, unless that has its own.
    package var options: ServerOptions
    /// The bounds on everything a client or an upstream can make the proxy hold, wait for or repeat.
    package var limits: Limits
    /// Names accepted in `Host` besides the ones that follow from ``baseURL`` and ``address``, in lower case.
    package var allowedHosts: [String]
    /// Origins accepted in `Origin` besides the proxy's own, as `scheme://host[:port]` in lower case.
    package var allowedOrigins: [String]
    /// The servers in the order written, disabled ones included.
    package var servers: [ServerSettings]
    /// A file with certificates of authorities that are believed besides those of the system, for all servers.
    package var trustedCAFile: String?
    /// What may be changed while the proxy runs.
    package var management: ManagementSettings

    /// Settings in which everything not named has its default.
    package init(
        baseURL: BaseURL = BaseURL(),
        address: ListenAddress = ListenAddress(),
        name: String = "mcp-proxy",
        version: String = "1.0.0",
        advertised: AdvertisedTransport = .streamableHTTP,
        options: ServerOptions = ServerOptions(),
        limits: Limits = Limits(),
        allowedHosts: [String] = [],
        allowedOrigins: [String] = [],
        servers: [ServerSettings] = [],
        management: ManagementSettings = ManagementSettings()
    ) {
        self.baseURL = baseURL
        self.address = address
        self.name = name
        self.version = version
        self.advertised = advertised
        self.options = options
        self.limits = limits
        self.allowedHosts = allowedHosts
        self.allowedOrigins = allowedOrigins
        self.servers = servers
        self.management = management
    }

    /// The tokens that open the management interface; empty means that none is asked for.
    package var managementTokens: [Secret] { management.authTokens ?? options.authTokens }
}
