package import MCPFrontEnd
package import MCPGateway
import ProxyConfiguration

// MARK: - The tools of all servers

extension ServerRegistry: ToolManagement {
    /// Does not run on the registry, and neither does a search: with many tools both take a while, and nobody else is to
    /// wait for that.
    package nonisolated func allTools(for caller: ManagementCaller) async -> [ToolDirectory.Tool] {
        directory.tools(of: await members(for: caller))
    }

    package nonisolated func findTools(
        _ words: String, limit: Int, for caller: ManagementCaller
    ) async -> (tools: [ToolDirectory.Tool], unmatched: [String]) {
        directory.find(words, limit: limit, of: await members(for: caller))
    }

    private func members(for caller: ManagementCaller) -> [Member] {
        servers.values.filter { !$0.isDisabled && (caller.isKnown || $0.source != .adHoc) }
            .sorted { $0.settings.name < $1.settings.name }
            .map {
                Member($0.connections, toolFilter: $0.settings.options.toolFilter, prefix: $0.settings.offeredPrefix)
            }
    }
}
