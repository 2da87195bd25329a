/// What somebody has to do who is to log in to a server, by what kind of run reads that in its words.
package enum LoginAdvice: Sendable {
    /// A proxy that a command finds.
    case running
    /// A run without an API, for one client: it is given the logins of a directory, where it has one.
    case client(configuration: String, stateDirectory: String?)
    /// A run for one command alone, which keeps nothing.
    case command(configuration: String)
    /// A run for a URL of the command line: logins are kept by the names of servers.
    case url

    /// - Parameters:
    ///   - page: Where a browser logs in; nil where the proxy has no pages.
    ///   - isPersonal: Whether each caller logs in for himself.
    func words(for server: String, page: String?, isPersonal: Bool) -> String {
        let command = "mcp-proxy login \(server)"
        switch self {
        case .running where isPersonal:
            let led = page == nil ? "" : "each caller is led to the login at his first call of a tool; or "
            return "\(led)\(command), with the caller's own token"
        case .running: return page.map { "\(command), or open \($0)" } ?? command
        case .client(let configuration, let directory?):
            return
                "\(command) --config \(configuration) --state-dir \(directory), then start mcp-proxy stdio with that --state-dir again"
        case .client(let configuration, nil):
            return
                "\(command) --config \(configuration) --state-dir DIR, then start mcp-proxy stdio with --state-dir DIR, too"
        case .command(let configuration):
            return
                "start the proxy with mcp-proxy --config \(configuration), log in with \(command) --config \(configuration), and leave out --one-shot"
        case .url:
            return
                "a login needs a configuration file: give the URL a name there, as in {\"mcpServers\": {\"docs\": {\"url\": …}}}, and start mcp-proxy stdio with --config and --state-dir"
        }
    }
}
