package import MCPValues

// MARK: - Who finds what

extension Offer {
    /// Returns the name under which somebody finds a tool of a server here; nil where there is none for him.
    ///
    /// What a server shows to some of its clients only does not count.
    package func name(ofTool tool: ByteText, at server: ServerConnections, for principal: Principal) -> String? {
        let view = self.view(for: principal, .none) ?? whole
        guard let place = view.members.firstIndex(where: { $0.server === server }),
            let entry = server.catalog.current?[.tools]?.entries.first(where: { $0.key == tool })
        else { return nil }
        let lists = view.lists
        guard case .offered(let name) = lists.fate(of: entry, .tools, of: place),
            SeenLists(lists, .none, of: principal).tool(named: name)?.member == place
        else { return nil }
        return name
    }
}
