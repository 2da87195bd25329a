import Logging
import MCPCore
import MCPUpstream
import Synchronization

// MARK: - What the server lists

extension ServerConnections {
    func connectionListChanged(_ connection: Connection) {
        guard !isOfOneSession(connection), case .ready(let result) = connection.upstream.state else { return }
        readCatalog(connection.upstream, result)
    }

    func readCatalog(_ upstream: Upstream, _ result: Introduction) {
        // One at a time: a server that says again and again that something has changed is not asked for each time.
        let isFirst = state.withLock { state in
            defer { state.catalogReads = min(state.catalogReads + 1, 2) }
            return state.catalogReads == 0
        }
        guard isFirst else { return }
        CatalogProbe(upstream, result, of: wantedLists(result), for: self) { [weak self] counts in
            guard let self else { return }
            update {
                $0.tools = counts.tools
                $0.prompts = counts.prompts
                $0.resources = counts.resources
                $0.isCatalogKnown = true
            }
            logTools(counts.names)
            if let unknown = counts.unknown { warn(ofUnknown: unknown) }
            let changedMeanwhile = state.withLock { state in
                defer { state.catalogReads = 0 }
                return state.catalogReads > 1
            }
            if changedMeanwhile, case .ready(let result) = upstream.state { readCatalog(upstream, result) }
        }.start()
    }

    /// What the only client of a server lists it asks for itself; then nobody counts. Still a stateless server's tools have
    /// to be known before they are called, and those that a filter names.
    private func wantedLists(_ result: Introduction) -> [CatalogProbe.Kind] {
        guard settings.beginsWithItsClient, !namesTools.load(ordering: .relaxed) else {
            return CatalogProbe.Kind.allCases
        }
        let hasFilter = countedTools.withLock { $0 != nil }
        return result.era == .modern || hasFilter ? [.tools] : []
    }

    /// Names the tools where that is wished for: there people find what to write into a filter.
    private func logTools(_ names: ToolNames) {
        guard namesTools.load(ordering: .relaxed), !names.isEmpty else { return }
        var facts: Logger.Metadata = ["server": "\(displayName)"]
        if !names.shown.isEmpty { facts["tools"] = "\(names.shown)" }
        if !names.hidden.isEmpty { facts["hidden"] = "\(names.hidden)" }
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
        for name in names { shown.add(name, isShown: true) }
        logger.warning(
            "toolFilter names tools that the server does not list",
            metadata: ["server": "\(displayName)", "tools": "\(shown.shown)"])
    }
}
