/// Which way leads to a server.
package enum ProxyRoute: Hashable, Sendable {
    case direct
    case through(ForwardProxy)
    /// By a Unix socket of this machine.
    case socket(String)
    /// A proxy is meant that cannot be used, with the reason. Nothing is called then: a proxy may be there for a reason.
    case unusable(String)
}

/// Which servers are asked through which proxy.
package struct ProxyRules: Hashable, Sendable {
    private let http: ProxyRoute
    private let https: ProxyRoute
    private let exceptions: ProxyExceptions

    /// All servers are called directly.
    package static let none = ProxyRules(.direct, .direct, ProxyExceptions(""))

    private init(_ http: ProxyRoute, _ https: ProxyRoute, _ exceptions: ProxyExceptions) {
        self.http = http
        self.https = https
        self.exceptions = exceptions
    }

    /// One proxy for all servers.
    package init(always proxy: ForwardProxy) {
        self.init(.through(proxy), .through(proxy), ProxyExceptions(""))
    }

    /// One Unix socket for all, whatever their names are.
    package init(socketPath: String) {
        self.init(.socket(socketPath), .socket(socketPath), ProxyExceptions(""))
    }

    /// What the variables say that most programs know: `HTTPS_PROXY` for `https://`, `HTTP_PROXY` for `http://`,
    /// `ALL_PROXY` for both where there is no other, and `NO_PROXY`; each in lower case as well. An empty one is none.
    package init(environment: [String: String]) {
        func written(_ name: String) -> (name: String, text: String)? {
            [name, name.lowercased()].lazy
                .compactMap { key in environment[key].map { (key, String($0.filter { $0 != " " })) } }
                .first { !$0.1.isEmpty }
        }
        func route(_ name: String) -> ProxyRoute {
            guard let found = written(name) ?? written("ALL_PROXY") else { return .direct }
            do {
                return .through(try ForwardProxy(found.text))
            } catch {
                return .unusable("\(found.name) cannot be used: \(error)")
            }
        }
        let exceptions = environment["NO_PROXY"].flatMap { $0.isEmpty ? nil : $0 } ?? environment["no_proxy"]
        self.init(route("HTTP_PROXY"), route("HTTPS_PROXY"), ProxyExceptions(exceptions ?? ""))
    }

    /// The way to a server. What is on this machine is never asked through a proxy.
    package func route(to origin: HTTPOrigin) -> ProxyRoute {
        if case .socket = http { return http }
        if origin.host.isThisMachine || exceptions.contain(origin) { return .direct }
        return origin.scheme == .https ? https : http
    }
}

extension HTTPOrigin.Host {
    /// Whether it is the loopback of the machine that asks, by its name or its address.
    package var isThisMachine: Bool {
        switch self {
        case .name(let name): name == "localhost" || name == "localhost."
        case .address(let address): address.isThisMachine
        }
    }
}
