import Logging
import MCPCore
import NIOCore
import Synchronization

/// The clients that authorization servers have registered for the proxy, of all servers.
package final class ClientShelf: Sendable {
    private static let name = "clients"
    private static let maximumClients = 1_000

    private let shelf: GrantShelf
    private let clients: Mutex<[RegisteredClient]>

    package init(_ shelf: GrantShelf) {
        self.shelf = shelf
        // What cannot be read is none: the proxy is registered again.
        let kept = shelf.read(Self.name).flatMap { try? JSONText(scanning: $0, maximumDepth: 32) }
        clients = Mutex(kept?.root["clients"]?.elements.compactMap(RegisteredClient.init) ?? [])
    }

    func client(of issuer: String, redirect: String) -> RegisteredClient? {
        clients.withLock { clients in
            clients.last { Self.isFor(issuer, redirect, $0) }
        }
    }

    private static func isFor(_ issuer: String, _ redirect: String, _ client: RegisteredClient) -> Bool {
        client.issuer.utf8.elementsEqual(issuer.utf8) && client.redirect.utf8.elementsEqual(redirect.utf8)
    }

    func keep(_ client: RegisteredClient) {
        change { clients in
            clients.removeAll { Self.isFor(client.issuer, client.redirect, $0) }
            if clients.count >= Self.maximumClients { clients.removeFirst() }
            clients.append(client)
        }
    }

    /// Forgets one that its authorization server does not know any more.
    func forget(_ client: RegisteredClient) {
        change { clients in clients.removeAll { $0 == client } }
    }

    /// Forgets all that an authorization server has registered.
    ///
    /// - Returns: Whether there were any.
    @discardableResult func forgetAll(of issuer: String) -> Bool {
        let isOf: (RegisteredClient) -> Bool = { $0.issuer.utf8.elementsEqual(issuer.utf8) }
        guard clients.withLock({ $0.contains(where: isOf) }) else { return false }
        change { $0.removeAll(where: isOf) }
        return true
    }

    private func change(_ body: (inout [RegisteredClient]) -> Void) {
        let text = clients.withLock { clients in
            body(&clients)
            var object = JSONObjectWriter()
            object.add("clients", elements: clients.map(\.json))
            return object.finished
        }
        do throws(GrantStorageFailure) {
            try shelf.write(text, as: Self.name)
        } catch {
            shelf.logger.warning(
                "as whom the proxy is registered is not kept for the next start", metadata: ["error": "\(error.words)"])
        }
    }
}
