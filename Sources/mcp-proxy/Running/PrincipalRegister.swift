import MCPFrontEnd
import MCPGateway
import ProxyConfiguration
import Synchronization

/// Knows every token there is and whom it stands for, so that one token is one principal everywhere, also when servers
/// come and go.
final class PrincipalRegister: Sendable {
    /// Binds what a caller has created to its token.
    let taskSeal = TaskSeal(secrets: [:])
    private let numbers = Mutex<[Secret: Int]>([:])

    init(_ settings: ProxySettings) {
        for token in settings.options.authTokens + settings.servers.flatMap(\.options.authTokens) {
            _ = principal(token)
        }
    }

    private func principal(_ token: Secret) -> Principal {
        let (number, isNew) = numbers.withLock { numbers in
            if let number = numbers[token] { return (number, false) }
            numbers[token] = numbers.count
            return (numbers.count - 1, true)
        }
        let principal = Principal.token(number: number)
        if isNew { taskSeal.add(Array(token.reveal().utf8), of: principal) }
        return principal
    }

    /// What a route accepts.
    func tokens(_ tokens: [Secret]) -> RouteTokens {
        RouteTokens(tokens.map { ($0.reveal(), principal($0)) })
    }

    /// What opens a route for one caller and nobody else; everybody's, where callers have no token.
    func tokens(of caller: Principal) -> RouteTokens {
        tokens(numbers.withLock { numbers in numbers.keys.filter { .token(number: numbers[$0] ?? -1) == caller } })
    }

    /// The only one who may call, where there is only one.
    func only(_ tokens: [Secret]) -> Principal {
        tokens.count == 1 ? principal(tokens[0]) : .anonymous
    }

    /// What opens the status of all servers: the proxy's own tokens, or any server's when it has none itself.
    func statusTokens(_ settings: ProxySettings) -> RouteTokens {
        let own = settings.options.authTokens
        return tokens(own.isEmpty ? settings.servers.flatMap(\.options.authTokens) : own)
    }
}
