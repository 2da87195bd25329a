import Logging
import MCPCore
import MCPUpstream
import MCPValues
import NIOCore
import Synchronization

// MARK: - What the server lists

extension ServerConnections {
    /// How old a catalog may be before it is read again at the next occasion: a server may never tell of changes.
    private static let longestAge = TimeAmount.minutes(10)

    /// The lists on one connection have changed, and so, most likely, have those on the others. The catalog is what the
    /// server lists on its first connection: on another it may show its client something else.
    func connectionListChanged(_ connection: Connection) {
        guard !isSource(connection), let source = firstOpen, source !== connection else {
            if !isOfOneSession(connection) { readCatalog(on: connection) }
            return
        }
        readCatalog(onOneOf: settings.needsCallers ? [source, connection] : [source])
    }

    /// Tells whether the catalog is read on a connection.
    func isSource(_ connection: Connection) -> Bool { connection.key == firstKey }

    /// Reads the lists again, where the server is there and that was last done long ago.
    func refreshOldCatalog() {
        guard let connection = firstOpen, catalog.isOlder(than: Self.longestAge, now: connection.eventLoop.now) else {
            return
        }
        readCatalog(onOneOf: [connection] + (settings.needsCallers ? all : []))
    }

    func readCatalog(on connection: Connection) {
        guard case .ready(let result) = connection.upstream.state else { return }
        // One at a time: a server that says again and again that something has changed is not asked for each time.
        let isFirst = state.withLock { state in
            defer { state.catalogReads = min(state.catalogReads + 1, 2) }
            return state.catalogReads == 0
        }
        guard isFirst else { return }
        let eventLoop = connection.eventLoop
        guard let rest = state.withLock({ $0.catalogRestsUntil }), rest > eventLoop.now else {
            return readNow(on: connection, result)
        }
        eventLoop.scheduleTask(deadline: rest) { [weak self] in
            guard let self else { return }
            guard case .ready(let result) = connection.upstream.state else {
                return state.withLock { $0.catalogReads = 0 }
            }
            readNow(on: connection, result)
        }
    }

    private func readNow(on connection: Connection, _ result: Introduction) {
        state.withLock { $0.catalogReads = 1 }
        let begun = connection.eventLoop.now
        let moment = connection.momentOfLists
        CatalogReader(connection.upstream, result, of: wantedLists(result), for: self) { [weak self] outcome in
            guard let self else { return }
            let now = connection.eventLoop.now
            // Before it counts for the endpoints.
            let isJudged = connection.judge(outcome, since: moment)
            take(outcome, now: now)
            let changedMeanwhile = state.withLock { state in
                state.catalogRestsUntil = now + (now - begun) * 9
                defer { state.catalogReads = 0 }
                return state.catalogReads > 1
            }
            if changedMeanwhile { return readCatalog(on: connection) }
            if isJudged { connection.listsAreJudged(outcome) }
        }.start()
    }

    private func take(_ outcome: CatalogReader.Outcome, now: NIODeadline) {
        // That one caller is shown nothing says nothing of what there is for the next one.
        if !settings.passed.isEmpty, catalog.current == nil, outcome.isWithoutLists { return catalog.wasRead() }
        let changes = catalog.take(outcome.catalog, failed: Set(outcome.failed.keys), now: now)
        let names = ToolNames(outcome.catalog[.tools], namesTools.load(ordering: .relaxed) ? self : nil)
        update {
            $0.tools = count(of: outcome.catalog[.tools])
            $0.prompts = count(of: outcome.catalog[.prompts])
            $0.resources = outcome.catalog[.resources]?.entries.count
            $0.isCatalogKnown = true
        }
        logTools(names)
        if let tools = outcome.catalog[.tools] { warn(ofUnknown: unknownTools(tools)) }
        if !changes.isEmpty { settings.catalogBoard.changed(self, changes, for: nil) }
    }

    /// Tells how many entries of a list clients see; nil where there is no list.
    ///
    /// - Parameter isApproved: Whether an entry is not withheld at the moment.
    func count(of list: CatalogList?, _ isApproved: (CatalogList.Entry) -> Bool = { _ in true }) -> Int? {
        list.map { list in
            list.entries.count { entry in
                (list.kind != .tools || counts(tool: entry.key.text))
                    && (!entry.hasHiddenCharacters || pins.gate.isOff) && isApproved(entry)
            }
        }
    }

    /// Takes tools that were read once more for what has to be known to call them.
    func take(tools catalog: ServerCatalog, now: NIODeadline) {
        let others = Set(CatalogKind.allCases.filter { $0 != .tools || catalog[.tools] == nil })
        let changes = self.catalog.take(catalog, failed: others, now: now)
        if !changes.isEmpty { settings.catalogBoard.changed(self, changes, for: nil) }
    }

    /// Other things are withheld than before, although nothing else is listed.
    func pinsChanged() {
        catalog.isShownOtherwise()
        let changes: [Method] = [.toolListChanged, .promptListChanged]
        settings.catalogBoard.changed(self, Set(changes), for: nil)
        for connection in all { connection.runNowOrLater { $0.tell(changes) } }
    }

    /// Takes what the server lists on a connection that is not the one of the catalog.
    func take(_ own: ServerCatalog, of key: ConnectionKey) {
        guard let common = catalog.current else { return }
        let isDifferent = !own.changes(since: common).isEmpty
        let former = variants.replace(key, with: isDifferent ? own : nil)
        let changes = own.changes(since: former ?? common)
        if !changes.isEmpty { settings.catalogBoard.changed(self, changes, for: key) }
    }

    /// Tells whether a change concerns a client.
    ///
    /// - Parameters:
    ///   - changed: Whose lists have changed; nil for those of all that have none of their own.
    ///   - key: On which connection the server is used for the client.
    func concerns(_ changed: ConnectionKey?, _ key: (ServerConnections) -> ConnectionKey) -> Bool {
        if let changed { return key(self) == changed }
        return variants.isEmpty || variants.find(key(self)) == nil
    }

    /// Forgets what the server lists on a connection, which has ended.
    func forgetLists(of key: ConnectionKey) {
        guard !variants.isEmpty, let former = variants.replace(key, with: nil), let common = catalog.current else {
            return
        }
        settings.catalogBoard.changed(self, common.changes(since: former), for: key)
    }

    /// The only client of a server asks for lists itself; then nobody counts. Still a stateless server's tools have
    /// to be known before they are called, and those that a filter names.
    private func wantedLists(_ result: Introduction) -> [CatalogKind] {
        guard settings.beginsWithItsClient, !settings.isOfferedWithOthers, !namesTools.load(ordering: .relaxed) else {
            return CatalogKind.allCases
        }
        let hasFilter = countedTools.withLock { $0 != nil }
        return result.era == .modern || hasFilter ? [.tools] : []
    }

    /// Returns the names in the filter that are no tool's.
    private func unknownTools(_ tools: CatalogList) -> [String] {
        guard let named = countedTools.withLock({ $0?.names }) else { return [] }
        let listed = Set(tools.entries.map(\.key))
        return named.filter { !listed.contains(ByteText($0)) }
    }

    /// Names the tools where that is wished for: there people find what to write into a filter.
    private func logTools(_ names: ToolNames) {
        guard !names.isEmpty else { return }
        var facts: Logger.Metadata = ["server": "\(displayName)"]
        if !names.shown.isEmpty { facts["tools"] = "\(names.shown)" }
        if !names.hidden.isEmpty { facts["hidden"] = "\(names.hidden)" }
        if !names.withheld.isEmpty { facts["withheld"] = "\(names.withheld)" }
        logger.info("server lists tools", metadata: facts)
    }

    /// A slip in a filter that blocks leaves clients the tool that was meant. Each set of names is told once.
    private func warn(ofUnknown names: [String]) {
        let isNew = state.withLock { state in
            defer { state.unknownTools = names }
            return state.unknownTools != names
        }
        guard isNew, !names.isEmpty else { return }
        var shown = ToolNames()
        for name in names { shown.add(name, .shown) }
        logger.warning(
            "toolFilter names tools that the server does not list",
            metadata: ["server": "\(displayName)", "tools": "\(shown.shown)"])
    }
}

// MARK: - In the place of another server

extension ServerConnections {
    /// Lists what another server does whose place this one takes, until it has been asked itself.
    package func inherit(catalogOf former: ServerConnections) {
        guard former !== self, let known = former.catalog.current else { return }
        catalog.remember(known)
    }

    /// Tells clients what it lists otherwise than the server whose place it has taken.
    package func tellChanges(since former: ServerConnections) {
        guard let changes = catalog.current?.changes(since: former.catalog.current), !changes.isEmpty else { return }
        settings.catalogBoard.changed(self, changes, for: nil)
    }
}

extension ToolNames {
    /// - Parameter server: Whose tools they are; nil where nobody wants to see them.
    fileprivate init(_ tools: CatalogList?, _ server: ServerConnections?) {
        self.init()
        guard let tools, let server else { return }
        for entry in tools.entries {
            let isCounted = server.counts(tool: entry.key.text)
            add(entry.key.text, isCounted ? server.pins.withholds(entry, of: .tools) ? .withheld : .shown : .hidden)
        }
    }
}
