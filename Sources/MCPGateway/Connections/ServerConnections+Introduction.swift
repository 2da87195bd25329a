import MCPCore
package import MCPUpstream

extension ServerConnections {
    /// Calls back with what the server has said of itself on a connection that is ready; nil where none is.
    package func introduction(_ completion: @escaping @Sendable (Introduction?) -> Void) {
        ask(all[...], completion)
    }

    private func ask(_ connections: ArraySlice<Connection>, _ completion: @escaping @Sendable (Introduction?) -> Void) {
        guard let connection = connections.first else { return completion(nil) }
        connection.runNowOrLater { [self] connection in
            guard case .ready(let introduction) = connection.upstream.state else {
                return ask(connections.dropFirst(), completion)
            }
            completion(introduction)
        }
    }
}
