import Addresses
package import MCPValues

/// One upstream server as configured under `mcpServers`.
package struct ServerSettings: Sendable, Equatable {
    /// The key, which is also the path of its routes; it may hold slashes, and parts after the first may be a token.
    package var name: String
    /// How the upstream is reached.
    package var transport: ServerTransport
    /// The options, already merged: the server's own stand in place of the proxy's, member by member.
    package var options: ServerOptions
    /// Who may share one connection or one child process of this upstream.
    package var isolation: Isolation?
    /// The protocol revisions spoken to the upstream.
    package var protocolEra: ProtocolEra
    /// How long clients may take lists and resources of the upstream for fresh, where it says nothing of that itself.
    package var cacheTTL: Duration
    /// Who may keep them.
    package var cacheScope: CacheScope
    /// What is particular about the way to the upstream, where that is remote.
    package var egress = ServerEgress()
    /// How the proxy comes by the access token for the upstream, where that is remote. The key is `auth`.
    package var authorization = ServerAuthorizationSettings.discovered
    /// What of a client's request is passed on to the upstream, in the order written. The key is `headersFromClient`.
    package var passedHeaders: [PassedHeader] = []
    /// How long its start may take; nil for the limit of all servers.
    package var startTimeout: Duration?
    /// How long a call may take without a sign of life; nil for the limit of all servers.
    package var callTimeout: Duration?
    /// What stands before its names where several servers are offered together; nil for the name of the server, as far as
    /// it cannot be a token.
    package var prefix: String?
    /// What happens when a tool or a prompt is no longer what was seen first; nil for what follows from where the server
    /// comes from.
    package var pin: PinMode?
    /// Who said all this.
    package internal(set) var provenance = Provenance.somebodyElses
    /// Why the server cannot be started as it is configured, in words, such as a variable that is not set; nil if it can
    /// be tried.
    package var cannotStart: String?

    /// A server in which everything but the name and the transport has its default.
    package init(
        name: String,
        transport: ServerTransport,
        options: ServerOptions = ServerOptions(),
        isolation: Isolation? = nil,
        protocolEra: ProtocolEra = .auto,
        cacheTTL: Duration = .zero,
        cacheScope: CacheScope = .private
    ) {
        self.name = name
        self.transport = transport
        self.options = options
        self.isolation = isolation
        self.protocolEra = protocolEra
        self.cacheTTL = cacheTTL
        self.cacheScope = cacheScope
    }

    /// Whether whatever certificate the server shows is taken for its own; where there is none, none is taken.
    package var takesAnyCertificate: Bool { egress.skipsVerification && transport.url?.origin.scheme == .https }

    /// What stands before its names where several servers are offered together. Nothing of it may be a token.
    package var offeredPrefix: String { prefix ?? (hasTokenInName ? String(name.prefix { $0 != "/" }) : name) }

    /// Whether a part of the name may be a token.
    package var hasTokenInName: Bool { displayName != name }

    /// The way to a key of the server in the file, as messages show it.
    package func keyPath(_ keys: String...) -> String {
        keys.reduce(ConfigurationPath("mcpServers").appending(name)) { $0.appending($1) }.description
    }

    /// The name as messages and logs may show it: parts after the first are masked, since they may be a token.
    package var displayName: String { ServerName.redacted(name) }
}

extension ServerSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name, masked, and how the server is reached.
    package var description: String { "\(displayName) (\(transport))" }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` does not show the name unmasked.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}

/// The options that `mcpProxy.options` sets for all servers and `mcpServers.<name>.options` for one.
package struct ServerOptions: Sendable, Equatable {
    /// Whether the program ends when the server cannot be reached at start.
    package var panicIfInvalid: Bool
    /// Whether requests to the server are logged.
    package var logEnabled: Bool
    /// The bearer tokens that open the server's routes, without the word `Bearer`; empty means none is asked for.
    package var authTokens: [Secret]
    /// Which tools clients see, or nil for all of them.
    package var toolFilter: ToolFilter?
    /// Whether the server is left out.
    package var disabled: Bool

    /// Options in which everything not named has its default.
    package init(
        panicIfInvalid: Bool = false,
        logEnabled: Bool = false,
        authTokens: [Secret] = [],
        toolFilter: ToolFilter? = nil,
        disabled: Bool = false
    ) {
        self.panicIfInvalid = panicIfInvalid
        self.logEnabled = logEnabled
        self.authTokens = authTokens
        self.toolFilter = toolFilter
        self.disabled = disabled
    }
}

/// Who said what a server is, which decides where it may be and what it may know of the proxy.
///
/// Only a whole configuration, which the operator gave, makes servers the operator's own: `ConfigurationLoader.load`.
/// Whatever is made in another way is somebody else's.
package struct Provenance: Sendable, Equatable {
    /// What there is to choose between, without a third case that a decision could forget.
    package enum Kind: Sendable {
        /// The operator, who may run any program of this machine and call any address anyway.
        case operatorsOwn
        /// Somebody who was allowed to add a server.
        case somebodyElses
    }

    package let kind: Kind

    /// What a client of the API or of a session sent, or what was kept of that.
    package static let somebodyElses = Provenance(kind: .somebodyElses)
    /// Out of reach of other targets, so that no request can claim it.
    static let operatorsOwn = Provenance(kind: .operatorsOwn)

    private init(kind: Kind) {
        self.kind = kind
    }
}

/// Who may keep results of an upstream that itself says nothing of that (`mcpServers.<name>.cacheScope`).
package enum CacheScope: String, Sendable, Equatable, CaseIterable {
    /// Only the client that asked; the default.
    case `private`
    /// Anybody between the proxy and the client.
    case `public`
}

/// The protocol revisions spoken to an upstream (`mcpServers.<name>.protocol`).
package enum ProtocolEra: String, Sendable, Equatable, CaseIterable {
    /// Ask the upstream and use the newest it has; the default.
    case auto
    /// Only the revisions without sessions.
    case modern
    /// Only the revisions that begin with `initialize`.
    case legacy
}
