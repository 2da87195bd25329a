import MCPFrontEnd
import MCPGateway
import ProxyConfiguration

/// Knows every token of the configuration and whom it stands for, so that one token is one principal everywhere.
struct PrincipalRegister {
    private let numbers: [Secret: Int]
    private let proxyTokens: [Secret]

    init(_ settings: ProxySettings) {
        var numbers: [Secret: Int] = [:]
        for token in settings.options.authTokens + settings.servers.flatMap(\.options.authTokens)
        where numbers[token] == nil {
            numbers[token] = numbers.count
        }
        self.numbers = numbers
        proxyTokens = settings.options.authTokens
    }

    private func principal(_ token: Secret) -> Principal {
        .token(number: numbers[token] ?? 0)
    }

    /// What a route accepts.
    func tokens(_ tokens: [Secret]) -> RouteTokens {
        RouteTokens(tokens.map { ($0.reveal(), principal($0)) })
    }

    /// The only one who may call, where there is only one.
    func only(_ tokens: [Secret]) -> Principal {
        tokens.count == 1 ? principal(tokens[0]) : .anonymous
    }

    /// Binds what a caller has created to its token.
    var taskSeal: TaskSeal {
        TaskSeal(
            secrets: Dictionary(uniqueKeysWithValues: numbers.keys.map { (principal($0), Array($0.reveal().utf8)) })
        )
    }

    /// What opens the status of all servers: the proxy's own tokens, or any server's when it has none itself.
    var statusTokens: RouteTokens {
        tokens(proxyTokens.isEmpty ? Array(numbers.keys) : proxyTokens)
    }
}
