import Crypto
import Logging
package import MCPFrontEnd
package import MCPGateway
import MCPUpstream
import MCPValues
package import ProxyConfiguration
import Recordings

/// All servers that the proxy runs, wherever their configurations came from, and every change to them.
package actor ServerRegistry: ServerManagement {
    let gateway: Gateway
    let frontDoor: FrontDoor
    let watch: EventCount
    let logger: Logger
    let source: ConfigurationSource
    let store: ServerStore?
    let groupStore: GroupStore?
    let reloadListener: (any ReloadListener)?
    /// What is in force.
    var settings: ProxySettings
    /// What was read last and not refused; nil where nothing was read.
    var loaded: LoadedConfiguration?
    var builder: ServerBuilder
    package internal(set) var servers: [String: ManagedServer] = [:]
    /// Where servers are offered together: the groups, and under an empty name the endpoint for all servers.
    var groups: [String: ManagedGroup] = [:]
    /// Servers that are being added, and for whom.
    var pending: [String: OwnerMark] = [:]
    /// The changes that were asked for and are being made, by the names of their servers.
    var asked: [String: AskedChange] = [:]
    /// The starts that changes wait for.
    var starting: [String: PendingStart] = [:]
    /// How many changes of a name wait that end what is under way.
    var overtakers: [String: Int] = [:]
    /// The servers that the reload under way is changing, and how many reloads wait for its end.
    var startedByReload: Set<String> = []
    var reloadsWaiting = 0
    let directory = ToolDirectory()
    let adHocKey = SymmetricKey(size: .bits256)
    private var locks = TurnLocks()
    /// Lists of tools are read one after another, each server's for itself: what is read of them is held meanwhile.
    private var listings = TurnLocks()
    private(set) var isClosing = false

    /// - Parameters:
    ///   - settings: What is in force: that of the composition, as the operator has written it.
    ///   - store: Where servers are kept that are added while it runs; nil when they end with the run.
    ///   - groupStore: The same for groups.
    ///   - reloadListener: Who wants to hear when the configuration is read again; nil when nobody does.
    package init(
        _ composition: Composition, settings: ProxySettings, frontDoor: FrontDoor, watch: EventCount,
        source: ConfigurationSource,
        store: ServerStore?,
        groupStore: GroupStore? = nil,
        reloadListener: (any ReloadListener)?
    ) {
        self.reloadListener = reloadListener
        self.gateway = composition.gateway
        self.frontDoor = frontDoor
        self.watch = watch
        self.logger = composition.builder.logger
        self.source = source
        self.store = store
        self.groupStore = groupStore
        self.settings = settings
        self.loaded = source.loaded()
        self.builder = composition.builder
        for server in composition.openedServers { servers[server.settings.name] = server }
        for server in composition.settings.servers where server.options.disabled {
            var disabled = composition.builder.build(server, .file)
            disabled.isDisabled = true
            servers[server.name] = disabled
        }
    }

    var management: ManagementSettings { settings.management }
    var prefix: String { settings.baseURL.pathPrefix }

    // MARK: Looking

    package func reports() -> [ServerReport] {
        servers.values.sorted { $0.settings.name < $1.settings.name }.map { $0.report(prefix: prefix) }
    }

    package func report(of name: String) -> ServerReport? {
        find(name)?.report(prefix: prefix)
    }

    package func journal(of name: String) -> ServerJournal? {
        find(name)?.journal
    }

    package func tools(of name: String) async throws(ManagementRefusal) -> ToolPages.List {
        let server = try known(name)
        guard !server.isDisabled else {
            throw ManagementRefusal(.conflict, "the server is disabled; \"enable\" starts it")
        }
        let turn = server.settings.name
        if !listings.take(turn) { await withCheckedContinuation { listings.wait(for: turn, $0) } }
        defer { listings.give(turn) }
        let member = Member(
            server.connections, toolFilter: server.settings.options.toolFilter, prefix: server.settings.offeredPrefix)
        return try await ToolListing(member: member).read()
    }

    /// The server of that name, or of that name as reports show it.
    func find(_ name: String) -> ManagedServer? {
        if let server = servers[name], server.settings.name.hasBytes(of: name) { return server }
        let shown = servers.values.filter { $0.settings.displayName.hasBytes(of: name) }
        return shown.count == 1 ? shown[0] : nil
    }

    func known(_ name: String) throws(ManagementRefusal) -> ManagedServer {
        guard let server = find(name) else { throw unknown(name) }
        return server
    }

    func unknown(_ name: String) -> ManagementRefusal {
        ManagementRefusal(.unknownServer, "there is no server \"\(ServerName.redacted(name))\"")
    }

    // MARK: One after another

    /// Makes a change to one server, after those that were asked for before.
    func alone<Value: Sendable>(
        with name: String, _ change: () async throws(ManagementRefusal) -> Value
    ) async throws(ManagementRefusal) -> Value {
        if !locks.take(name) { await withCheckedContinuation { locks.wait(for: name, $0) } }
        defer { locks.give(name) }
        guard !isClosing, !gateway.isDraining else {
            throw ManagementRefusal(.shuttingDown, Self.isEnding)
        }
        return try await change()
    }

    static let isEnding = "the proxy is shutting down"

    // MARK: What comes of changes

    /// Puts a server in the place of what had its name, and lets clients reach it unless it is left out.
    func publish(_ server: ManagedServer) {
        if let former = servers[server.settings.name] { server.connections.inherit(catalogOf: former.connections) }
        servers[server.settings.name] = server
        if !server.isDisabled { frontDoor.publish(server.route) }
        changed()
    }

    /// Tells everybody who shows or keeps the list of servers that it has changed.
    func changed() {
        frontDoor.show(disabled: servers.values.filter(\.isDisabled).map(\.settings.displayName))
        offerTogether()
        if gateway.recorder.isOn { hideSecrets() }
        watch.note()
    }

    // MARK: The end of the run

    /// Ends every server.
    package func close() {
        isClosing = true
        for start in starting.values { start.giveUp(ManagementRefusal(.shuttingDown, Self.isEnding)) }
        for server in servers.values {
            server.connections.close()
            server.journal.close()
        }
    }
}
