import Addresses
import MCPValues
import Testing

@testable import ProxyConfiguration

@Suite struct SettingsDifferenceTests {
    private static let stdio = ServerTransport.stdio(
        command: "uvx", arguments: ["canary"], environment: ["A": Secret("canary")], workingDirectory: nil)
    private static let http = ServerTransport.http(
        url: "https://a/canary?canary", headers: [], timeout: nil, kind: .detect)

    private func server(_ name: String, _ change: (inout ServerSettings) -> Void = { _ in }) -> ServerSettings {
        var server = ServerSettings(name: name, transport: Self.stdio)
        change(&server)
        return server
    }

    private func lines(_ old: [ServerSettings], _ new: [ServerSettings]) -> [String] {
        SettingsDifference(from: ProxySettings(servers: old), to: ProxySettings(servers: new)).lines
    }

    @Test("The same settings differ in nothing, whatever the order of the servers")
    func same() {
        let servers = [server("a"), server("b")]
        let difference = SettingsDifference(
            from: ProxySettings(servers: servers), to: ProxySettings(servers: servers.reversed()))
        #expect(difference.isEmpty && difference.lines.isEmpty)
        #expect(difference.unchangedCount == 2)
        #expect(!difference.managementChanged && !difference.optionsChanged && difference.needsRestart.isEmpty)
    }

    @Test("Servers come, go, change and stay")
    func servers() {
        let changed = server("c") { $0.options.logEnabled = true }
        let difference = SettingsDifference(
            from: ProxySettings(servers: [server("a"), server("b/canary"), server("c")]),
            to: ProxySettings(servers: [changed, server("d"), server("a"), server("e/canary")]))
        #expect(difference.added.map(\.name) == ["d", "e/canary"])
        #expect(difference.removed.map(\.name) == ["b/canary"])
        #expect(difference.changed == [changed])
        #expect(difference.unchangedCount == 1)
        #expect(!difference.isEmpty)
        #expect(
            difference.lines == ["+ d (stdio uvx)", "+ e/*** (stdio uvx)", "- b/***", "~ c: options.logEnabled"])
    }

    /// A change of each key of a server, and the key.
    private static let serverChanges: [(String, @Sendable (inout ServerSettings) -> Void)] = [
        ("variables", { $0.cannotStart = "the environment variable X is not set" }),
        (
            "command",
            {
                $0.transport = .stdio(
                    command: "x", arguments: ["canary"], environment: ["A": Secret("canary")], workingDirectory: nil)
            }
        ),
        (
            "args",
            {
                $0.transport = .stdio(
                    command: "uvx", arguments: [], environment: ["A": Secret("canary")], workingDirectory: nil)
            }
        ),
        (
            "env",
            {
                $0.transport = .stdio(
                    command: "uvx", arguments: ["canary"], environment: ["A": Secret("x")], workingDirectory: nil)
            }
        ),
        (
            "cwd",
            {
                $0.transport = .stdio(
                    command: "uvx", arguments: ["canary"], environment: ["A": Secret("canary")],
                    workingDirectory: "canary")
            }
        ),
        ("proxy", { $0.egress.proxy = .none }), ("trustedCAFile", { $0.egress.trustedCAFile = "canary" }),
        ("clientCertificateFile", { $0.egress.clientCertificateFile = "canary" }),
        ("insecureSkipVerify", { $0.egress.skipsVerification = true }),
        ("auth", { $0.authorization = .oauth(.init(client: .init(id: "c", proof: .secret(Secret("canary"))))) }),
        ("headersFromClient", { $0.passedHeaders = [PassedHeader(upstreamName: "A", clientName: "canary")] }),
        ("command, url", { $0.transport = http }), ("isolation", { $0.isolation = .shared }),
        ("protocol", { $0.protocolEra = .modern }), ("cacheTTL", { $0.cacheTTL = .seconds(1) }),
        ("startTimeout", { $0.startTimeout = .seconds(1) }), ("callTimeout", { $0.callTimeout = .seconds(1) }),
        ("prefix", { $0.prefix = "canary" }), ("cacheScope", { $0.cacheScope = .public }),
        ("pin", { $0.pin = .block }),
        ("options.panicIfInvalid", { $0.options.panicIfInvalid = true }),
        ("options.logEnabled", { $0.options.logEnabled = true }),
        ("options.authTokens", { $0.options.authTokens = [Secret("canary")] }),
        ("options.toolFilter", { $0.options.toolFilter = ToolFilter(mode: .block, names: ["canary"]) }),
        ("options.disabled", { $0.options.disabled = true }),
    ]

    @Test("The key that changed is named, its values are not", arguments: serverChanges.indices)
    func keys(index: Int) {
        let (key, change) = Self.serverChanges[index]
        #expect(lines([server("a")], [server("a", change)]) == ["~ a: \(key)"])
        #expect(lines([server("a", change)], [server("a")]) == ["~ a: \(key)"])
    }

    /// What the change of a key does that is not done at the least.
    private static let effects: [ChangeEffect: Set<String>] = [
        .renew: [
            "variables", "command", "args", "env", "cwd", "proxy", "trustedCAFile", "clientCertificateFile",
            "insecureSkipVerify", "auth",
        ],
        .replace: [
            "headersFromClient", "command, url", "isolation", "protocol", "cacheTTL", "cacheScope", "options.disabled",
        ],
    ]

    @Test("A change goes as far as its key says, in either direction", arguments: serverChanges.indices)
    func effect(index: Int) {
        let (key, change) = Self.serverChanges[index]
        let expected = Self.effects.first { $0.value.contains(key) }?.key ?? .inPlace
        #expect(server("a").effect(ofChangeTo: server("a", change)) == expected)
        #expect(server("a", change).effect(ofChangeTo: server("a")) == expected)
    }

    @Test("Of several changes the one that goes furthest counts, and no change has no effect")
    func strongest() {
        let changed = server("a") {
            $0.options.logEnabled = true
            $0.cannotStart = "x"
        }
        #expect(server("a").effect(ofChangeTo: changed) == .renew)
        let replaced = server("a") {
            $0.cannotStart = "x"
            $0.cacheTTL = .seconds(1)
        }
        #expect(changed.effect(ofChangeTo: replaced) == .replace)
        #expect(changed.effect(ofChangeTo: changed) == .inPlace)
    }

    @Test("A remote server is reached anew under its sessions; another time-out is one for the link that there is")
    func remoteEffects() {
        func server(_ url: HTTPURL, timeout: Duration? = nil, _ kind: HTTPTransportKind = .detect) -> ServerSettings {
            ServerSettings(name: "a", transport: .http(url: url, headers: [], timeout: timeout, kind: kind))
        }
        let old = server("https://a/")
        #expect(old.effect(ofChangeTo: server("https://b/")) == .renew)
        #expect(old.effect(ofChangeTo: server("http://a/")) == .renew)
        #expect(old.effect(ofChangeTo: server("https://a/", .sse)) == .renew)
        #expect(old.effect(ofChangeTo: server("https://a/", timeout: .seconds(1))) == .inPlace)
    }

    @Test("What callers bring for a server goes to no other address than the one for which they brought it")
    func passedHeaders() {
        func server(_ url: HTTPURL) -> ServerSettings {
            var server = ServerSettings(
                name: "a", transport: .http(url: url, headers: [], timeout: nil, kind: .detect))
            server.passedHeaders = [PassedHeader(upstreamName: "A", clientName: "B")]
            return server
        }
        #expect(server("https://a/").effect(ofChangeTo: server("https://b/")) == .replace)
        #expect(server("https://a/").effect(ofChangeTo: server("https://a/")) == .inPlace)
    }

    @Test("Another secret, another scope and none at all are each another way to a token")
    func authorizations() {
        func server(_ authorization: ServerAuthorizationSettings) -> ServerSettings {
            self.server("a") {
                $0.transport = Self.http
                $0.authorization = authorization
            }
        }
        let ways: [ServerAuthorizationSettings] = [
            .discovered, .none, .oauth(.init()), .oauth(.init(holder: .principal)), .oauth(.init(scopes: ["a"])),
            .clientCredentials(.init(client: .init(id: "c", proof: .secret(Secret("canary"))))),
            .clientCredentials(.init(client: .init(id: "c", proof: .secret(Secret("other"))))),
            .clientCredentials(.init(client: .init(id: "c", proof: .privateKeyFile("canary")))),
        ]
        for (place, old) in ways.enumerated() {
            for (other, new) in ways.enumerated() where other != place {
                let isForOthers = old.behalf != new.behalf
                #expect(server(old).effect(ofChangeTo: server(new)) == (isForOthers ? .replace : .renew))
                #expect(lines([server(old)], [server(new)]) == ["~ a: auth"])
            }
        }
    }

    @Test("A server is another one once any certificate is taken for its own, where it has one")
    func certificates() {
        func server(_ url: HTTPURL, skips: Bool) -> ServerSettings {
            var server = ServerSettings(name: "a", transport: .http(url: url, headers: [], timeout: nil, kind: .detect))
            server.egress.skipsVerification = skips
            return server
        }
        #expect(server("https://a/", skips: false).effect(ofChangeTo: server("https://a/", skips: true)) == .replace)
        #expect(server("https://a/", skips: true).effect(ofChangeTo: server("http://a/", skips: true)) == .replace)
        #expect(server("http://a/", skips: false).effect(ofChangeTo: server("http://a/", skips: true)) == .renew)
    }

    @Test(
        "The key of a remote server that changed is named",
        arguments: [
            ("url", ServerTransport.http(url: "https://b", headers: [], timeout: nil, kind: .detect)),
            (
                "headers",
                .http(
                    url: "https://a/canary?canary", headers: [HeaderField(name: "X", value: Secret("canary"))],
                    timeout: nil, kind: .detect)
            ),
            ("timeout", .http(url: "https://a/canary?canary", headers: [], timeout: .seconds(1), kind: .detect)),
            ("transportType", .http(url: "https://a/canary?canary", headers: [], timeout: nil, kind: .sse)),
            (
                "url, headers",
                .http(
                    url: "https://b", headers: [HeaderField(name: "X", value: Secret("y"))], timeout: nil, kind: .detect
                )
            ),
        ])
    func remoteKeys(key: String, transport: ServerTransport) {
        let old = server("github") { $0.transport = Self.http }
        #expect(lines([old], [server("github") { $0.transport = transport }]) == ["~ github: \(key)"])
    }

    @Test("Every property of a server and of its options is compared")
    func allProperties() {
        // What is said with `disabled` and `enabled` is `options.disabled`. `ServerSettings` and `Secret` hide their members from mirrors, so what is counted is what the keys stand for.
        let compared = Set(Self.serverChanges.map(\.0))
        let optionKeys = KeyScope.options.keys.map { "options.\($0.name)" }
        #expect(compared.isSuperset(of: optionKeys))
        let remote: Set = ["url", "headers", "timeout", "transportType", "type", "options", "disabled", "enabled"]
        #expect(compared.isSuperset(of: KeyScope.server.keys.map(\.name).filter { !remote.contains($0) }))
    }

    /// A change of each key of `mcpProxy` that needs a restart.
    private static let restartChanges: [(String, @Sendable (inout ProxySettings) -> Void)] = [
        ("addr", { $0.address.port = 1 }), ("addr", { $0.address.host = nil }),
        ("baseURL", { $0.baseURL.pathPrefix = "/x" }), ("name", { $0.name = "x" }), ("version", { $0.version = "x" }),
        ("type", { $0.advertised = .sse }), ("limits.callTimeout", { $0.limits.callTimeout = .seconds(1) }),
        ("limits.maxSessions", { $0.limits.maxSessions = 1 }), ("limits.maxBodyBytes", { $0.limits.maxBodyBytes = 1 }),
        ("allowedHosts", { $0.allowedHosts = ["x"] }), ("allowedOrigins", { $0.allowedOrigins = ["https://x"] }),
        ("trustedCAFile", { $0.trustedCAFile = "canary" }),
        ("clientCertificateFile", { $0.clientCertificateFile = "canary" }),
        ("tls", { $0.tls = ListenerTLSSettings(certificateFile: "canary") }),
        ("addr", { $0.address.socketPath = "/canary" }), ("title", { $0.title = "canary" }),
        ("icons", { $0.icons = Array("[]".utf8) }),
        ("audit", { $0.audit.file = "/a" }), ("audit", { $0.audit.keep = 1 }),
        ("metrics", { $0.metrics.isPublic = true }), ("metrics", { $0.metrics.address = ListenAddress(port: 1) }),
        ("identity", { $0.identity.requiredScopes = ["x"] }),
        ("identity", { $0.identity.clientMetadataURL = try? ExactURL("https://a/canary") }),
    ]

    @Test("What a reload cannot apply is named", arguments: restartChanges.indices)
    func restart(index: Int) {
        let (key, change) = Self.restartChanges[index]
        var new = ProxySettings()
        change(&new)
        let difference = SettingsDifference(from: ProxySettings(), to: new)
        #expect(difference.needsRestart == [key])
        #expect(difference.lines == ["! mcpProxy.\(key) needs a restart"])
        #expect(!difference.isEmpty)
    }

    @Test("Every key of mcpProxy is compared")
    func allProxyKeys() {
        let compared = Set(Self.restartChanges.map { String($0.0.prefix { $0 != "." }) }).union([
            "options", "management", "endpoint", "groups", "clients",
        ])
        // The grace period is one of the limits.
        #expect(compared == Set(KeyScope.proxy.keys.map(\.name)).subtracting(["shutdownGracePeriod"]))
    }

    @Test("To write the address that is the default changes nothing")
    func explicitAddress() {
        var new = ProxySettings()
        new.address.isExplicit = true
        #expect(SettingsDifference(from: ProxySettings(), to: new).isEmpty)
    }

    /// A change of each key of `mcpProxy.management`.
    private static let managementChanges: [(String, @Sendable (inout ManagementSettings) -> Void)] = [
        ("authTokens", { $0.authTokens = [Secret("canary")] }), ("stdio", { $0.stdio = .deny }),
        ("remote", { $0.remote = .deny }), ("adHoc", { $0.adHoc = .deny }),
        ("allowAddresses", { $0.allowAddresses = ["::1"] }),
        ("templates", { $0.templates = ["canary": CommandTemplate(command: "canary")] }),
        ("maxServers", { $0.maxServers = 1 }), ("maxAdHocServers", { $0.maxAdHocServers = 1 }),
        ("maxServersPerPrincipal", { $0.maxServersPerPrincipal = 1 }),
        ("maxChangesPerMinute", { $0.maxChangesPerMinute = 1 }), ("watch", { $0.watch = false }),
        ("pollInterval", { $0.pollInterval = .seconds(1) }), ("drainTimeout", { $0.drainTimeout = .seconds(1) }),
    ]

    @Test("Every key of the management is compared and named", arguments: managementChanges.indices)
    func management(index: Int) {
        let (key, change) = Self.managementChanges[index]
        var new = ProxySettings()
        change(&new.management)
        let difference = SettingsDifference(from: ProxySettings(), to: new)
        #expect(difference.managementChanged && !difference.isEmpty)
        #expect(difference.lines == ["~ mcpProxy.management: \(key)"])
        #expect(Self.managementChanges.map(\.0) == KeyScope.management.keys.map(\.name))
    }

    @Test("The proxy's own tokens are those of the management, unless that has its own")
    func tokens() {
        var old = ProxySettings()
        var new = ProxySettings(options: ServerOptions(authTokens: [Secret("canary")]))
        var difference = SettingsDifference(from: old, to: new)
        #expect(difference.managementChanged && difference.optionsChanged)
        #expect(difference.lines == ["~ mcpProxy.options: authTokens"])
        old.management.authTokens = [Secret("own")]
        new.management.authTokens = [Secret("own")]
        difference = SettingsDifference(from: old, to: new)
        #expect(!difference.managementChanged && difference.optionsChanged)
    }

    /// A change of each key of a group or of the endpoint, and the key.
    private static let groupChanges: [(String, @Sendable (inout GroupSettings) -> Void)] = [
        ("enabled", { $0.isEnabled = false }), ("servers", { $0.servers = NamePatterns(["canary"]) }),
        ("tools", { $0.tools = NamePatterns(["canary"]) }), ("prompts", { $0.prompts = NamePatterns([]) }),
        ("resources", { $0.resources = NamePatterns(["canary"]) }), ("readOnly", { $0.isReadOnly = true }),
        ("names", { $0.naming = .never }), ("maxNameLength", { $0.maximumNameLength = 60 }),
        ("overrides", { $0.overrides = [ToolOverride(tool: "canary")] }),
        ("toolDiscovery", { $0.toolDiscovery = .auto }), ("pinned", { $0.pinned = ["canary"] }),
        ("selfSearchingClients", { $0.selfSearchingClients = ["canary"] }),
        ("title", { $0.title = "canary" }), ("instructions", { $0.instructions = "canary" }),
        ("firstListWait", { $0.firstListWait = .zero }), ("options.authTokens", { $0.authTokens = [Secret("canary")] }),
        ("options.logEnabled", { $0.logEnabled = true }),
    ]

    @Test("Every key of a group and of the endpoint is compared and named", arguments: groupChanges.indices)
    func group(index: Int) {
        let (key, change) = Self.groupChanges[index]
        var old = ProxySettings()
        old.groups = [GroupSettings(name: "dev")]
        var new = old
        change(&new.groups[0])
        var difference = SettingsDifference(from: old, to: new)
        #expect(difference.lines == ["~ group \"dev\": \(key)"])
        #expect(difference.groups.changed == new.groups && !difference.groups.endpointChanged)
        new = old
        change(&new.endpoint)
        difference = SettingsDifference(from: old, to: new)
        #expect(difference.lines == ["~ mcpProxy.endpoint: \(key)"])
        #expect(difference.groups.endpointChanged && difference.groups.changed.isEmpty)
        #expect(difference.needsRestart.isEmpty && !difference.isEmpty && !difference.groups.isEmpty)
        let known = KeyScope.endpoint.keys.map(\.name) + KeyScope.groupOptions.keys.map { "options.\($0.name)" }
        #expect(Set(Self.groupChanges.map(\.0)) == Set(known).subtracting(["options"]))
    }

    @Test("Groups come, go, change and stay")
    func groups() {
        var (old, new) = (ProxySettings(), ProxySettings())
        old.groups = ["a", "b", "c"].map { GroupSettings(name: $0) }
        new.groups = ["d", "c", "a"].map { GroupSettings(name: $0) }
        new.groups[1].isReadOnly = true
        let difference = SettingsDifference(from: old, to: new)
        #expect(difference.groups.added.map(\.name) == ["d"] && difference.groups.removed.map(\.name) == ["b"])
        #expect(difference.groups.changed.map(\.name) == ["c"] && difference.unchangedCount == 0)
        #expect(difference.lines == ["+ group \"d\"", "- group \"b\"", "~ group \"c\": readOnly"])
    }
}
