import ProxyConfiguration

/// Which token a client is to send where servers are offered together that ask for several.
enum SharedToken {
    /// That of the proxy, if it opens one of them; none, if one of them asks for none; else the one that opens most.
    ///
    /// - Parameter own: The tokens of the proxy.
    static func token(of servers: [ServerSettings], own: [Secret]) -> Secret? {
        if let first = own.first, servers.contains(where: { $0.options.authTokens.contains(first) }) { return first }
        guard !servers.contains(where: { $0.options.authTokens.isEmpty }) else { return nil }
        var best: (token: Secret, count: Int)?
        for token in servers.flatMap(\.options.authTokens) {
            let count = servers.count { $0.options.authTokens.contains(token) }
            if count > best?.count ?? 0 { best = (token, count) }
        }
        return best?.token
    }

    /// The servers that a client with that token, or with none, is not offered.
    static func unseen(_ servers: [ServerSettings], with token: Secret?) -> [ServerSettings] {
        servers.filter { server in
            !server.options.authTokens.isEmpty && token.map(server.options.authTokens.contains) != true
        }
    }
}
