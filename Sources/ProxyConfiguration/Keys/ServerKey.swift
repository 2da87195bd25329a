import MCPValues

/// The keys of a server, under `mcpServers.<name>`.
enum ServerKey {
    /// All that set something of their own, in the order in which changes are told.
    static let all = way + serving + times + naming

    /// How the server is reached.
    static let way: [SettingKey<ServerSettings>] = [
        .other(
            "command", .text, \.transport.command, whenChanged: .renew, "The program to run.",
            hints: #""examples": ["npx", "uvx"]"#),
        .part(
            "args", .texts, default: .array([]), of: \.transport, whenChanged: .renew, "The arguments of the program."
        ) {
            if case .stdio(_, let arguments, _, _) = $0.transport { arguments } else { nil }
        },
        .part(
            "env", .textMap, default: .object([]), of: \.transport, whenChanged: .renew,
            "Environment variables of the program."
        ) {
            if case .stdio(_, _, let environment, _) = $0.transport { environment } else { nil }
        },
        .part("cwd", .text, of: \.transport, whenChanged: .renew, "The directory the program runs in.") {
            settings -> String?? in
            if case .stdio(_, _, _, let directory) = settings.transport { .some(directory) } else { nil }
        },
        .other(
            "url", .text, \.transport.url, whenChanged: .renew, "The address of a remote server.",
            hints: #""examples": ["https://example.com/mcp"], "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://|\\$""#),
        .part(
            "headers", .textMap, default: .object([]), of: \.transport, whenChanged: .renew,
            "Headers to send to a remote server, such as credentials."
        ) {
            if case .http(_, let headers, _, _) = $0.transport { headers } else { nil }
        },
        // Where callers are told apart by it, the server is another one: see `ServerSettings.effect(ofChangeTo:)`.
        .other(
            "auth", .objectOrWord(.authorization, AuthorizationKey.never), \.authorization, whenChanged: .renew,
            #"How the proxy comes by the access token (OAuth) for a remote server. Left out: whether somebody has to log in is found out. "none": nobody logs in."#
        ),
        .other(
            "headersFromClient", .textMap, default: .object([]), \.passedHeaders, whenChanged: .replace,
            "Headers of a client's request that are passed on to this server, from callers with a credential only: the name there, and the name in the client's request.",
            hints: #""examples": [{"Authorization": "X-GitHub-Authorization"}]"#),
        .part(
            "timeout", .duration(.zero...(.seconds(24 * 60 * 60))), of: \.transport, whenChanged: .inPlace,
            "How long a remote server may take to answer. 0 means no bound of its own. At most 24h."
        ) {
            settings -> Duration?? in
            if case .http(_, _, let timeout, _) = settings.transport { .some(timeout) } else { nil }
        },
        .part(
            "transportType", .words(DeclaredTransport.Kind.self), of: \.transport, whenChanged: .renew,
            "How the server is reached. It follows from command or url if left out: a remote server is then tried with streamable HTTP first and SSE second."
        ) {
            if case .http(_, _, _, let kind) = $0.transport { kind } else { nil }
        },
        .other(
            "proxy", .text, \.egress.proxy, whenChanged: .renew,
            #"The HTTP proxy through which a remote server is asked, in place of HTTPS_PROXY, HTTP_PROXY and NO_PROXY; "none" for no proxy."#,
            hints: #""examples": ["http://proxy.example.com:3128", "none"]"#),
        .other(
            "trustedCAFile", .text, \.egress.trustedCAFile, whenChanged: .renew,
            "A file with certificates of authorities (PEM) that are trusted for a remote server besides the others."),
        .other(
            "clientCertificateFile", .text, \.egress.clientCertificateFile, whenChanged: .renew,
            "A file with the certificate that a remote server is shown where it asks for one, and its private key (PEM)."
        ),
        // Where it takes effect, the server is another one: see `ServerSettings.effect(ofChangeTo:)`.
        .other(
            "insecureSkipVerify", .boolean, default: .bool(false), \.egress.skipsVerification, whenChanged: .renew,
            "Whether any certificate is taken for that of a remote server. Whoever is between can then read and change everything."
        ),
    ]

    /// Whom the server serves, and how it is spoken to.
    static let serving: [SettingKey<ServerSettings>] = [
        .ownChoice(
            "isolation", \.isolation, whenChanged: .replace,
            "Who may share one connection or child: everybody with the same credentials, one session, or everybody. Left out: principal for a command, session for a URL."
        ),
        .choice(
            "protocol", \.protocolEra, whenChanged: .replace,
            "The protocol revisions spoken to the server: found out, only those without sessions (2026-07-28), or only those that begin with initialize."
        ),
        .time(
            "cacheTTL", \.cacheTTL, .zero...(.seconds(30 * 24 * 60 * 60)), whenChanged: .replace,
            "How long clients of revision 2026-07-28 may take lists and resources of a server with a handshake for fresh. At most 720h."
        ),
        .choice(
            "cacheScope", \.cacheScope, whenChanged: .replace,
            "Who may keep lists and resources of a server with a handshake: only the client that asked, or anybody on the way."
        ),
        .ownChoice(
            "pin", \.pin, whenChanged: .inPlace,
            "What happens when a tool or a prompt is no longer what was seen first: it is told (warn), withheld until it is approved (quarantine), or the whole server is (block). Left out: warn, for a server that was added over the API quarantine."
        ),
    ]

    /// How long the server may take.
    static let times: [SettingKey<ServerSettings>] = [
        .ownTime(
            "startTimeout", \.startTimeout, .milliseconds(1)...(.seconds(60 * 60)), usual: .seconds(120),
            whenChanged: .inPlace,
            "How long this server may take from its start to the end of the handshake; without it, limits.startTimeout. At most 1h."
        ),
        .ownTime(
            "callTimeout", \.callTimeout, .milliseconds(1)...(.seconds(24 * 60 * 60)), usual: .seconds(600),
            whenChanged: .inPlace,
            "How long a call of this server may take without a sign of progress; without it, limits.callTimeout. At most 24h."
        ),
    ]

    /// What the server's names look like beside those of others.
    static let naming: [SettingKey<ServerSettings>] = [
        .other(
            "prefix", .text, \.prefix, whenChanged: .inPlace,
            "What stands before the server's names where several servers are offered together. Left out: the server's name.",
            hints: ##""pattern": "\\$|^[A-Za-z0-9_-]{1,64}$", "examples": ["gh"]"##
        )
        .settingOwn(\.prefix) { PrefixConversion.prefix(in: $0, &$1) }
    ]

    /// What may be written of a server: these, and what other words there are for them and for its options.
    static let known =
        all.map(\.known) + [
            KnownKey(
                "type", .choice(DeclaredTransport.Kind.allCases.map(\.rawValue) + DeclaredTransport.ofOtherClients),
                "The same as transportType, as other clients write it."),
            KnownKey(
                "options", .object(.options),
                "Options of this server; they stand in place of the proxy's, member by member."),
            KnownKey(
                "disabled", .boolean, default: .bool(false),
                "Whether the server is left out, as other clients write it; the same as options.disabled."),
            KnownKey(
                "enabled", .boolean, default: .bool(true),
                "The opposite of disabled, as other clients write it. One no is enough."),
        ]
}

/// The keys under `options`, of one server or of all.
enum OptionKey {
    /// All of them, in the order of the documentation.
    static let all: [SettingKey<ServerOptions>] = [
        .boolean(
            "panicIfInvalid", \.panicIfInvalid, whenChanged: .inPlace,
            "Whether the program ends when the server cannot be reached at start."),
        .boolean("logEnabled", \.logEnabled, whenChanged: .inPlace, "Whether requests to the server are logged."),
        .other(
            "authTokens", .texts, default: .array([]), \.authTokens, whenChanged: .inPlace,
            "Bearer tokens that open the server's routes. None are asked for if the list is empty.",
            hints: #""examples": [["${MCP_PROXY_TOKEN}"]]"#
        )
        .setting(\.authTokens) { OptionsConversion.tokens("authTokens", in: $0, &$1) },
        .other(
            "toolFilter", .object(.toolFilter), \.toolFilter, whenChanged: .inPlace,
            "Which tools clients see and may call."
        )
        .settingOwn(\.toolFilter) { OptionsConversion.toolFilter(in: $0, &$1) },
        .boolean("disabled", \.disabled, whenChanged: .replace, "Whether the server is left out."),
    ]

    /// The keys of a filter of tools.
    static let toolFilter = [
        KnownKey("mode", .words(ToolFilter.Mode.self), "allow: only the tools of the list. block: all but those."),
        KnownKey("list", .texts, "The names of tools."),
    ]
}

extension ServerSettings: SettingsWithDefaults {
    static var defaults: ServerSettings { ServerSettings(name: "", transport: .unknown) }
}

extension ServerOptions: SettingsWithDefaults {
    static var defaults: ServerOptions { ServerOptions() }
}
