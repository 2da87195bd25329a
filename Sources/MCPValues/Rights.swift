/// What a client may do (`mcpProxy.clients.<name>`). What nothing is said of it may not.
package struct Rights: Sendable, Hashable {
    /// Which groups it may use.
    package enum Groups: Sendable, Hashable {
        /// All, as far as it may use their servers.
        case asServers
        /// These, with all that they offer, and no others.
        case named(NamePatterns)
    }

    /// By their keys in the configuration.
    package var servers: NamePatterns
    package var groups: Groups
    package var tools: ToolRights
    package var management: ManagementRight
    /// Whether it may use every server at which no token stands: somebody who is known and of whom nothing else is said.
    package var usesUnguarded = false
    /// How many requests it may put to servers in a minute; nil for any number.
    package var callsPerMinute: Int?

    package init(
        servers: NamePatterns = NamePatterns([]), groups: Groups = .asServers, tools: ToolRights = .all,
        management: ManagementRight = .none, callsPerMinute: Int? = nil
    ) {
        self.servers = servers
        self.groups = groups
        self.tools = tools
        self.management = management
        self.callsPerMinute = callsPerMinute
    }

    /// Nothing at all.
    package static let none = Rights()
    /// Whatever would be open to everybody if nobody were asked who they are.
    package static let unguarded = {
        var rights = Rights()
        rights.usesUnguarded = true
        return rights
    }()

    /// Whether it may use something.
    package func admit(_ place: Place) -> Bool {
        switch place {
        case .server(let server): servers.admits(server.text)
        case .group(let group): named(group)
        case .member(let server, let group):
            switch groups {
            case .asServers: servers.admits(server.text)
            case .named: named(group)
            }
        case .unguarded: usesUnguarded
        case .endpoint: usesUnguarded || !servers.texts.isEmpty
        case .management(let right): management >= right && right > .none
        }
    }

    private func named(_ group: ByteText) -> Bool {
        if case .named(let patterns) = groups { patterns.admits(group.text) } else { false }
    }
}

/// Something that a client may use or not.
package enum Place: Sendable, Hashable {
    /// A server at its own path, or at the endpoint for all servers; by its key in the configuration.
    case server(ByteText)
    /// A group as a whole.
    case group(ByteText)
    /// What a group offers of a server.
    case member(ByteText, group: ByteText)
    /// A server at which no token stands by itself.
    case unguarded
    /// The endpoint for all servers: whoever may use any can come there.
    case endpoint
    /// The management API, as far as that.
    case management(ManagementRight)
}

/// How far a client may go in the management API (`management` of a client). Each includes those before it.
package enum ManagementRight: String, Sendable, Hashable, CaseIterable, Comparable {
    /// To it there is no management API; the default.
    case none
    case read
    /// It may also change what is there, and add servers with a URL.
    case write
    /// It may also start programs, as far as `mcpProxy.management.stdio` lets anybody.
    case execute

    package static func < (left: ManagementRight, right: ManagementRight) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .none: 0
        case .read: 1
        case .write: 2
        case .execute: 3
        }
    }
}
