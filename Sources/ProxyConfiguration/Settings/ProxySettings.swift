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
    /// What people are shown as the proxy's name.
    package var title: String?
    /// The proxy's icons, as one JSON array in UTF-8; nil for none.
    package var icons: [UInt8]?
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
    /// What is offered where no server and no group is named.
    package var endpoint = GroupSettings()
    /// The groups in the order written.
    package var groups: [GroupSettings] = []
    /// The clients that the operator has named, in the order written. As soon as there is one, nothing is open to callers
    /// who are nobody that is known.
    package var clients: [ClientSettings] = []
    /// A file with certificates of authorities that are believed besides those of the system, for all servers.
    package var trustedCAFile: String?
    /// A file with the certificate that the proxy shows to the servers of the file, and its key.
    package var clientCertificateFile: String?
    /// The certificate with which `https://` is served; nil for `http://`.
    package var tls: ListenerTLSSettings?
    /// Whose access tokens are accepted, besides the tokens of servers and groups.
    package var identity = IdentitySettings()
    /// Where and to whom metrics are shown.
    package var metrics = MetricsSettings()
    /// Where it is written down what was called and changed.
    package var audit = AuditSettings()
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

    /// Whether callers are asked who they are wherever they come, so that nothing is open to everybody.
    package var asksEverybody: Bool { !clients.isEmpty || asksByOtherMeans }

    /// Whether they are asked by something that a reload does not change.
    package var asksByOtherMeans: Bool { !identity.issuers.isEmpty || tls?.clientCAFile != nil }

    /// The tokens that open the management interface; empty means that none is asked for.
    package var managementTokens: [Secret] { management.authTokens ?? options.authTokens }
}

/// The address the proxy listens on (`mcpProxy.addr`).
package struct ListenAddress: Sendable, Equatable {
    /// The host without brackets, or nil for all interfaces.
    package var host: String?
    /// The port; 0 asks the system for a free one.
    package var port: Int
    /// The path of a Unix socket, in place of host and port; nil for these.
    package var socketPath: String?
    /// Whether the file named the address, as opposed to the default having been taken.
    package var isExplicit: Bool

    /// An address; with nothing given, the default one, which only this machine can reach.
    package init(
        host: String? = "127.0.0.1", port: Int = 9090, socketPath: String? = nil, isExplicit: Bool = false
    ) {
        self.host = host
        self.port = port
        self.socketPath = socketPath
        self.isExplicit = isExplicit
    }

    /// Tells whether two cannot listen at the same time, one on each.
    func overlaps(_ other: ListenAddress) -> Bool {
        guard socketPath == nil, other.socketPath == nil, port == other.port, port != 0 else { return false }
        let everywhere: [String?] = [nil, "0.0.0.0", "::"]
        return host == other.host || everywhere.contains(host) || everywhere.contains(other.host)
    }
}

/// The public address of the proxy (`mcpProxy.baseURL`) and the two parts of it that routing and checks use.
package struct BaseURL: Sendable, Equatable {
    /// The text as written, or nil when the key is absent or empty.
    package var text: String?
    /// `""` or `"/prefix"`: the path every route begins with, never with a slash at its end.
    package var pathPrefix: String
    /// `scheme://host[:port]` in lower case and without a default port, or nil when there is no such part.
    package var origin: String?

    /// A base address from its parts; with none given, the proxy is reached at the root of whatever host it listens on.
    package init(text: String? = nil, pathPrefix: String = "", origin: String? = nil) {
        self.text = text
        self.pathPrefix = pathPrefix
        self.origin = origin
    }
}

/// The transport whose addresses the proxy names in its log and its server list (`mcpProxy.type`).
package enum AdvertisedTransport: String, Sendable, Equatable, CaseIterable {
    /// `/<server>/sse`, the default, as in the Go program.
    case sse
    /// `/<server>/mcp`.
    case streamableHTTP = "streamable-http"
}
