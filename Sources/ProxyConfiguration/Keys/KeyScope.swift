/// The kinds of object in a configuration; each has its own keys.
enum KeyScope: String, Sendable, CaseIterable {
    case document
    case proxy
    case tls
    case limits
    case options
    case toolFilter
    case server
    case authorization
    case identityProvider
    case management
    case metrics
    case audit
    case template
    case templateParameter
    case templateServer
    case endpoint
    case group
    case groupOptions
    case client
    case clientMatch
    case scopeRights
    case toolOverride
    case presetArgument
    case identity
    case issuer
    case introspection
    case deprecatedServer
    case deprecatedClient
    case deprecatedClientConfig

    /// The one table of everything that may be written. What sets something has its row in ``ProxyKey``, ``LimitKey``,
    /// ``OptionKey``, ``ServerKey``, ``GroupKey``, ``ClientKey``, ``ManagementKey``,
    /// ``MetricsKey`` or ``AuditKey``.
    var keys: [KnownKey] {
        switch self {
        case .document: Self.documentKeys
        case .proxy: ProxyKey.known
        case .tls: ListenerTLSKey.all
        case .limits: LimitKey.all.map(\.known)
        case .options: OptionKey.all.map(\.known)
        case .toolFilter: OptionKey.toolFilter
        case .server: ServerKey.known
        case .authorization: AuthorizationKey.all
        case .identityProvider: AuthorizationKey.identityProvider
        case .management: ManagementKey.all.map(\.known)
        case .metrics: MetricsKey.all.map(\.known)
        case .audit: AuditKey.all.map(\.known)
        case .template: TemplateKey.template
        case .templateParameter: TemplateKey.parameter
        case .templateServer: TemplateKey.server
        case .endpoint: GroupKey.endpoint
        case .group: GroupKey.known
        case .groupOptions: GroupKey.options.map(\.known)
        case .client: ClientKey.all.map(\.known)
        case .clientMatch: ClientKey.match
        case .scopeRights: ClientKey.scope
        case .toolOverride: GroupKey.toolOverride
        case .presetArgument: GroupKey.presetArgument
        case .identity: IdentityKey.all
        case .issuer: IdentityKey.issuer
        case .introspection: IdentityKey.introspection
        case .deprecatedServer: DeprecatedKey.server
        case .deprecatedClient: DeprecatedKey.client
        case .deprecatedClientConfig: DeprecatedKey.clientConfig
        }
    }

    /// What an object of this kind is, as editors show it.
    var documentation: String {
        switch self {
        case .document:
            "The configuration of mcp-proxy. Texts may hold environment variables as ${NAME}; $$ is a dollar sign."
        case .proxy: "The proxy itself."
        case .tls: "The certificate with which the proxy serves https://, and the authorities of its clients."
        case .limits: "Bounds on what clients and servers can make the proxy hold, wait for or repeat."
        case .options: "Options of one server, or the defaults for all of them."
        case .toolFilter: "Which tools of a server clients see and may call."
        case .server: "A server: a program with command, or a remote one with url."
        case .authorization: "How the proxy comes by the access token (OAuth) with which it calls a remote server."
        case .identityProvider: "The identity provider of a company, and as which client of it the proxy asks."
        case .management: "What may be changed while the proxy runs, by whom and how often."
        case .metrics: "Where and to whom metrics are shown."
        case .audit: "Where it is written down which tools were called and what was changed."
        case .template: "A command, of which callers of the API fill in the parameters."
        case .templateParameter: "What a caller of the API may put into one place of a template."
        case .templateServer:
            "A server made from a template; the management API takes it in place of a server of the file."
        case .endpoint: "All servers at one address."
        case .group: "Several servers at one address."
        case .groupOptions: "Options of a group, or of the endpoint for all servers."
        case .client: "A client that has a name, and what it may do."
        case .clientMatch: "Callers with an access token."
        case .scopeRights: "What more a caller may do whose token has a scope."
        case .toolOverride: "What clients are told of a tool in place of what its server says."
        case .presetArgument: "An argument of a tool that is set and hidden from clients."
        case .identity:
            "Whose access tokens (OAuth) are accepted, besides the configured tokens, and who the proxy is for issuers."
        case .issuer: "An issuer of access tokens."
        case .introspection: "Whom to ask for tokens that only their issuer can read, and as whom."
        case .deprecatedServer: "Version 1 of mcpProxy."
        case .deprecatedClient: "Version 1 of a server under mcpServers."
        case .deprecatedClientConfig: "The details of a version 1 client."
        }
    }

    /// What else editors are told of it: further members of its JSON Schema, as they stand there.
    var hints: String? {
        switch self {
        case .document:
            #""patternProperties": {"^x-": {"description": "Left to the author, such as a place for YAML anchors."}}"#
        case .tls: #""required": ["certificateFile"]"#
        case .toolFilter: #""required": ["mode", "list"]"#
        case .server:
            #"""
            "anyOf": [
              {"required": ["command"], "properties": {"command": {"type": "string", "minLength": 1}}},
              {"required": ["url"], "properties": {"url": {"type": "string", "minLength": 1}}}
            ]
            """#
        case .authorization: AuthorizationKey.schema
        case .identityProvider: AuthorizationKey.identityProviderSchema
        case .template: #""required": ["command"]"#
        case .templateParameter: #""required": ["type"]"#
        case .templateServer: #""required": ["template"]"#
        case .presetArgument: #""required": ["value"]"#
        case .issuer: #""required": ["issuer"]"#
        case .introspection: #""required": ["url", "clientID", "clientSecret"]"#
        case .audit: #""required": ["file"]"#
        case .deprecatedClient: #""required": ["type", "config"]"#
        // The spelling of the Go program's documentation.
        case .options: ##""patternProperties": {"^Disabled$": {"$ref": "#/$defs/boolean"}}"##
        case .proxy, .limits, .management, .metrics, .endpoint, .group, .groupOptions, .client, .clientMatch,
            .scopeRights,
            .toolOverride, .identity,
            .deprecatedServer, .deprecatedClientConfig:
            nil
        }
    }

    private static let documentKeys = [
        KnownKey("$schema", .text, "The address of this schema, for editors."),
        KnownKey("mcpProxy", .object(.proxy), "The proxy itself."),
        KnownKey(
            "mcpServers", .map(.server),
            "The servers by name. The name is the path of the server's routes; a part after a slash may be a token (fetch/<token>).",
            hints: #""propertyNames": {"pattern": "^[^/?#%\\\\]+(/[^/?#%\\\\]+)*$"}"#),
        KnownKey(
            "server", .object(.deprecatedServer), "Version 1 of mcpProxy; it is ignored if mcpProxy is there.",
            isDeprecated: true),
        KnownKey(
            "clients", .map(.deprecatedClient), "Version 1 of mcpServers; it is ignored if mcpServers has members.",
            hints: #""propertyNames": {"pattern": "^[^/?#%\\\\]+(/[^/?#%\\\\]+)*$"}"#, isDeprecated: true),
    ]
}

extension KeyScope {
    /// The key with exactly this name.
    func key(named name: String) -> KnownKey? {
        Self.byName[self]?[name]
    }

    /// The key with this name in whatever case, as the Go program's decoder matches them.
    func key(ignoringCaseOf name: String) -> KnownKey? {
        Self.byLoweredName[self]?[name.lowercased()]
    }

    private static let byName = index { $0 }
    private static let byLoweredName = index { $0.lowercased() }

    private static func index(_ form: (String) -> String) -> [KeyScope: [String: KnownKey]] {
        var index: [KeyScope: [String: KnownKey]] = [:]
        for scope in allCases {
            for key in scope.keys { index[scope, default: [:]][form(key.name)] = key }
        }
        return index
    }

    /// Whether the key is left to the author: names beginning with `x-` at the top are a place for YAML anchors.
    func leavesToAuthor(_ name: String) -> Bool {
        self == .document && name.hasPrefix("x-")
    }

    /// What to do about a key that is not known here: where it belongs, or which key was meant.
    func suggestion(forUnknown name: String) -> String {
        for key in keys {
            guard let inner = key.shape.inner, inner.key(ignoringCaseOf: name) != nil else { continue }
            return "Move it into \"\(key.name)\""
        }
        if isAroundServers, let key = KeyScope.server.key(ignoringCaseOf: name) {
            return "Move it to where a server is described: \"\(key.name)\" belongs to mcpServers.NAME"
        }
        if let near = nearest(to: name) {
            return "Did you mean \"\(near)\"?"
        }
        return "Remove it; it has no effect"
    }

    /// The key that is likely to be meant by a name that is none.
    func nearest(to name: String) -> String? {
        nearestKey(to: name, in: keys.map(\.name)) ?? beginning(of: name) ?? continuation(of: name)
    }

    /// Whether somebody may have taken it for the place where something is said of servers.
    private var isAroundServers: Bool {
        switch self {
        case .proxy, .limits, .options, .endpoint, .group, .groupOptions: true
        case .document, .tls, .toolFilter, .server, .authorization, .identityProvider, .management, .metrics, .audit,
            .template, .templateParameter, .templateServer, .client, .clientMatch, .scopeRights,
            .toolOverride,
            .presetArgument, .identity, .issuer, .introspection, .deprecatedServer, .deprecatedClient,
            .deprecatedClientConfig:
            false
        }
    }

    /// The only key that begins with a name, such as `clientCAFile` with `clientCA`.
    private func continuation(of name: String) -> String? {
        let lowered = name.lowercased()
        let found = keys.map(\.name).filter { name.count > 4 && $0.lowercased().hasPrefix(lowered) }
        return found.count == 1 ? found[0] : nil
    }

    /// The longest key with which a name begins, such as `pinned` with `pinnedTools`.
    private func beginning(of name: String) -> String? {
        let lowered = name.lowercased()
        return keys.map(\.name).filter { $0.count > 4 && lowered.hasPrefix($0.lowercased()) }
            .max { $0.count < $1.count }
    }
}

/// The candidate that the text was most likely meant to be, or nil if none is near.
///
/// Distance counts insertions, deletions, replacements and swaps of neighbours (Damerau–Levenshtein, restricted), without
/// regard to case; one slip in three characters is allowed. Of equally near candidates the first is taken.
package func nearestKey(to text: String, in candidates: [String]) -> String? {
    let lowered = Array(text.lowercased().unicodeScalars.prefix(65))
    guard !lowered.isEmpty, lowered.count <= 64 else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let bound = min(best.map { $0.distance - 1 } ?? 3, max(1, lowered.count / 3))
        let other = Array(candidate.lowercased().unicodeScalars)
        if let distance = editDistance(lowered, other, bound: bound) {
            best = (candidate, distance)
        }
    }
    return best?.candidate
}

/// The number of slips between two texts, or nil if it is more than the bound.
func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar], bound: Int) -> Int? {
    guard bound >= 0, abs(first.count - second.count) <= bound else { return nil }
    var beforePrevious: [Int] = []
    var previous = Array(0...second.count)
    for row in 0..<first.count {
        var current = [row + 1]
        for column in 0..<second.count {
            let replaced = previous[column] + (first[row] == second[column] ? 0 : 1)
            var cost = min(previous[column + 1] + 1, current[column] + 1, replaced)
            if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                cost = min(cost, beforePrevious[column - 1] + 1)
            }
            current.append(cost)
        }
        guard current.contains(where: { $0 <= bound }) else { return nil }
        beforePrevious = previous
        previous = current
    }
    return previous[second.count] <= bound ? previous[second.count] : nil
}
