package import MCPGateway

/// Tools of all servers as the management API sees them. Implemented by the program that owns the servers.
package protocol ToolManagement: Sendable {
    /// Returns the tools of all servers, as those listed them last, in the order of the servers' names. No server is asked.
    ///
    /// - Parameter caller: Is shown what others brought for themselves only where he is known.
    func allTools(for caller: ManagementCaller) async -> [ToolDirectory.Tool]

    /// Returns the tools that fit words best, and those of the words that no tool has.
    func findTools(_ words: String, limit: Int, for caller: ManagementCaller) async
        -> (tools: [ToolDirectory.Tool], unmatched: [String])

    /// Returns where a tool can be called, and by whom.
    ///
    /// - Parameters:
    ///   - tool: Its name at the server.
    ///   - server: The name of the server.
    func places(ofTool tool: String, at server: String) async throws(ManagementRefusal) -> [ToolPlace]
}
