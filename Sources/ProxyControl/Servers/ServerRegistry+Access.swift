package import MCPFrontEnd
import MCPGateway
import MCPValues
import ProxyConfiguration

// MARK: - Who may call a tool

extension ServerRegistry {
    package func places(ofTool tool: String, at server: String) throws(ManagementRefusal) -> [ToolPlace] {
        let server = try known(server)
        guard !server.isDisabled else { return [] }
        let name = server.settings.displayName
        let own = place(name, name, server.route.offer, server.route.access, tool, of: server)
        let groups = self.groups.values.sorted { $0.settings.name < $1.settings.name }.compactMap { group in
            guard let offer = group.offer, let access = group.content?.access else { return nil as ToolPlace? }
            let name = group.settings.name
            return place(name.isEmpty ? GroupReport.endpointName : name, name, offer, access, tool, of: server)
        }
        return [own].compactMap(\.self) + groups
    }

    /// Returns who may call a tool at one route; nil where it is offered to nobody there.
    private func place(
        _ label: String, _ folder: String, _ offer: Offer, _ access: Access, _ tool: String, of server: ManagedServer
    ) -> ToolPlace? {
        let tool = ByteText(tool)
        func finds(_ principal: Principal) -> String? {
            access.admits(principal) ? offer.name(ofTool: tool, at: server.connections, for: principal) : nil
        }
        let open = finds(.anonymous)
        let named = access.isOpen ? [] : builder.principals.namedClients.filter { finds($0) != nil }
        let holders = access.tokenHolders.filter { !$0.isNamed && finds($0) != nil }
        let scoped =
            access.isOpen ? [] : scopedClients.filter { !named.contains($0.client) && finds($0.withScope) != nil }
        guard let name = open ?? (named + holders + scoped.map(\.withScope)).first.flatMap(finds) else { return nil }
        return ToolPlace(
            route: label, path: folder.isEmpty ? "\(prefix)/" : "\(prefix)/\(PathEncoding.encode(folder))/", name: name,
            isOpen: open != nil, clients: named.map(\.name).sorted(), tokens: holders.map(\.name),
            scopes: scoped.map { ToolPlace.ScopedClient(client: $0.client.name, scope: $0.scope) })
    }

    /// The clients whose access tokens may have scopes, with what each scope alone adds.
    private var scopedClients: [(client: Principal, scope: String, withScope: Principal)] {
        settings.clients.flatMap { client in
            client.scopes.map { scope in
                (
                    Principal(Standing(client: client.name, client.rights)), scope.scope,
                    Principal(Standing(client: client.name, client.rights.adding(scope.more)))
                )
            }
        }
    }
}
