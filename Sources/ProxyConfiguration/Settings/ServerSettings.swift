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
    /// How long its start may take; nil for the limit of all servers.
    package var startTimeout: Duration?
    /// How long a call may take without a sign of life; nil for the limit of all servers.
    package var callTimeout: Duration?
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

    /// The way to a key of the server in the file, as messages show it.
    package func keyPath(_ key: String) -> String {
        ConfigurationPath("mcpServers").appending(name).appending(key).description
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
