import ClientFiles
import MCPFrontEnd
import ProxyConfiguration

/// Where a client finds what the proxy offers, and what is written for tokens.
struct PublishedAddresses {
    /// What URLs begin with; it is not always known, and not always needed.
    let base: () throws(CommandFailure) -> String
    /// How a client that can start programs only starts mcp-proxy for what is offered together; nil where that is to
    /// speak to a URL.
    let programArguments: [String]?
    /// Whether tokens are written as they are.
    let showsTokens: Bool
    /// What stands for a token where they are not.
    let placeholder: String

    func url(of server: ServerSettings) throws(CommandFailure) -> String {
        let path = PathEncoding.encode(showsTokens ? server.name : server.displayName)
        // What is masked in a name may be a token, too.
        let parts = path.split(separator: "/").map { $0 == "***" ? placeholder : String($0) }
        return "\(try base())/\(parts.joined(separator: "/"))/mcp"
    }

    func url(of group: GroupSettings) throws(CommandFailure) -> String {
        "\(try base())/\(group.name.isEmpty ? "" : PathEncoding.encode(group.name) + "/")mcp"
    }

    func arguments(for group: GroupSettings) -> [String]? {
        programArguments.map { $0 + (group.name.isEmpty ? [] : ["--group", group.name]) }
    }

    func shown(_ token: Secret) -> String { showsTokens ? token.reveal() : placeholder }
}
