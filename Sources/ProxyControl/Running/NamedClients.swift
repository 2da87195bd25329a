import MCPFrontEnd
import MCPGateway
import MCPValues
import ProxyConfiguration
import Synchronization

/// The clients that the operator has named (`mcpProxy.clients`), each one principal with whatever of its tokens it comes.
final class NamedClients: Sendable {
    private struct State {
        var clients: [ByteText: Standing] = [:]
        var owners: [Secret: Principal] = [:]
    }

    private let credentials: Credentials
    private let state = Mutex(State())

    init(_ credentials: Credentials) {
        self.credentials = credentials
    }

    var isEmpty: Bool { state.withLock { $0.clients.isEmpty } }
    var all: [Principal] { state.withLock { $0.clients.values.map(Principal.init) } }

    /// Whose a token is.
    func owner(of token: Secret) -> Principal? { state.withLock { $0.owners[token] } }

    /// Gives the clients of a configuration their rights and tokens, in place of those of the one before. One that is not in
    /// it any more may do nothing.
    ///
    /// - Returns: The clients that may do something else than before.
    func keep(_ settings: [ClientSettings]) -> Set<Principal> {
        state.withLock { state in
            let former = state
            var (next, changed) = (State(), Set<Principal>())
            for client in settings {
                let standing = former.clients[ByteText(client.name)] ?? Standing(client: client.name, client.rights)
                let principal = Principal(standing)
                if standing.take(client.rights) { changed.insert(principal) }
                next.clients[ByteText(client.name)] = standing
                for token in client.tokens { next.owners[token] = principal }
            }
            for (name, standing) in former.clients where next.clients[name] == nil && standing.take(.none) {
                changed.insert(Principal(standing))
            }
            // What is new is accepted before what is old is not: a token may have gone from one client to another.
            for (token, owner) in next.owners where former.owners[token] != owner {
                credentials.add(token.reveal(), for: owner)
            }
            for (token, owner) in former.owners where next.owners[token] != owner {
                credentials.remove(token.reveal(), of: owner)
            }
            state = next
            return changed
        }
    }
}
