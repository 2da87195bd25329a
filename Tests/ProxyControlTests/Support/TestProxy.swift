import Addresses
import Logging
import MCPFrontEnd
import MCPGateway
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import NIOPosix
import ProxyConfiguration
import Synchronization

@testable import ProxyControl

/// A proxy as `mcp-proxy` runs it, from the text of its configuration, with servers in memory.
final class TestProxy: Sendable {
    /// What the configuration is read from.
    private final class File: Sendable {
        let text: Mutex<String>

        init(_ text: String) {
            self.text = Mutex(text)
        }

        func load() throws(ConfigurationError) -> LoadedConfiguration {
            try ConfigurationLoader.load(
                text: Array(text.withLock { $0 }.utf8), source: "config.json", format: .json, environment: nil)
        }
    }

    /// Somebody with a token of the management API.
    static let operatorsToken = ManagementCaller(principal: .anonymous, right: .execute)

    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let watch = EventCount()
    let servers = ScriptedServers()
    let composition: Composition
    let frontDoor: FrontDoor
    let registry: ServerRegistry
    private let file: File

    private init(
        _ text: String, store: ServerStore?, listener: (any ReloadListener)?, _ prepare: (ScriptedServers) -> Void
    ) throws {
        file = File(text)
        var settings = try file.load().settings
        settings.address = ListenAddress(host: "127.0.0.1", port: 0)
        prepare(servers)
        composition = Composition(
            settings, links: servers, eventLoops: eventLoop, logger: .silent, watch: watch, clientele: .onePerson,
            known: KnownServers(logger: .silent))
        frontDoor = composition.frontDoor()
        let source = ConfigurationSource(
            location: "config.json", isRemote: false,
            load: { [file] () async throws(ConfigurationError) in try file.load() }, firstMark: nil, mark: { nil })
        registry = ServerRegistry(
            composition, settings: settings, frontDoor: frontDoor, watch: watch, source: source, store: store,
            reloadListener: listener)
    }

    /// Runs a proxy, lends it, and ends it.
    ///
    /// - Parameter prepare: Says how servers start, before any does.
    static func run(
        _ text: String, store: ServerStore? = nil, listener: (any ReloadListener)? = nil,
        prepare: (ScriptedServers) -> Void = { _ in }, _ body: (TestProxy) async throws -> Void
    ) async throws {
        let proxy = try TestProxy(text, store: store, listener: listener, prepare)
        await proxy.registry.openManagement()
        await proxy.registry.openGroups()
        try await proxy.frontDoor.open(on: proxy.eventLoop)
        await proxy.registry.openAddresses()
        proxy.composition.start()
        await proxy.registry.restore()
        do {
            try await body(proxy)
        } catch {
            await proxy.end()
            throw error
        }
        await proxy.end()
    }

    private func end() async {
        frontDoor.close()
        composition.close()
        await registry.close()
    }

    // MARK: The configuration

    /// The text of a configuration with these servers.
    static func configuration(_ servers: String, proxy: String = "") -> String {
        #"{"mcpProxy":{\#(proxy)},"mcpServers":{\#(servers)}}"#
    }

    /// Writes the configuration.
    func write(_ text: String) { file.text.withLock { $0 = text } }

    /// Writes the configuration and has it read again.
    @discardableResult
    func reload(_ text: String, isRehearsal: Bool = false) async throws -> ReloadReport {
        write(text)
        return try await registry.reload(isRehearsal: isRehearsal)
    }

    // MARK: Looking

    /// Waits until something holds that the status of servers, or their list, has to do with.
    func until(_ holds: (TestProxy) async -> Bool) async {
        while !Task.isCancelled {
            let seen = watch.current
            if await holds(self) { return }
            await watch.wait(past: seen)
        }
    }

    /// Waits until a server is ready.
    func untilReady(_ name: String) async {
        await until { await $0.registry.report(of: name)?.status.state == .ready }
    }

    func route(_ name: String) -> Offer? { frontDoor.offer(named: name) }

    /// The status of the answer to whoever asks at the path of a server.
    func status(at name: String, token: String? = nil) async throws -> Int {
        var call = HTTPCall(.get, try HTTPURL("http://127.0.0.1:\(frontDoor.listener.port ?? 0)/\(name)/mcp"))
        call.headers = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        return try await call.send(on: eventLoop).status
    }

    /// Whom a token stands for.
    func principal(of token: String) -> Principal {
        composition.builder.principals.access([Secret(token)], clientsOf: []).onlyPrincipal(among: [])
    }

    // MARK: Acting

    struct NoRoute: Error {}

    /// Opens a session on a server.
    func client(_ name: String, token: String? = nil) async throws -> TestClient {
        guard let route = route(name) else { throw NoRoute() }
        let principal = token.map(principal) ?? .anonymous
        return try await TestClient(on: route, of: composition.gateway, as: principal, eventLoop)
    }

    /// Adds a server over the API that runs a command.
    @discardableResult
    func add(_ name: String, _ command: String) async throws -> ServerReport {
        try await registry.add(
            name, ByteBuffer(string: #"{"command":"\#(command)"}"#), for: Self.operatorsToken)
    }

    /// Puts a configuration in the place of a server's own over the API.
    func replace(_ name: String, _ configuration: String) async throws -> ServerReport {
        try await registry.replace(name, ByteBuffer(string: configuration), for: Self.operatorsToken)
    }
}
