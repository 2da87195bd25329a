import Addresses
import ArgumentParser
import MCPUpstream
import MCPValues
import ProxyConfiguration

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a running proxy is, and what opens it.
struct ProxyPlace: Sendable {
    /// Without a slash at the end.
    let base: String
    /// What is known of it beside that.
    let proxy: OwnProxy
    /// Opens the management API; nil for none.
    let token: Secret?
    /// Where the token comes from, for messages.
    let tokenSource: String
    /// The configuration that the proxy was found by, or that was named beside it.
    let configuration: LoadedConfiguration?
    /// Whether somebody has said where the proxy is (`--proxy`, `MCP_PROXY_URL`), so that nothing else is meant.
    let isNamed: Bool

    /// Finds the proxy that is meant: the one named, that of the environment, that of the configuration, the usual one.
    ///
    /// - Throws: `CommandFailure` or `ConfigurationError`, with what to do.
    static func find(_ remote: RemoteOptions, _ source: ConfigurationOptions) async throws -> ProxyPlace {
        let environment = ProcessInfo.processInfo.environment
        let named = remote.proxy ?? environment["MCP_PROXY_URL"].flatMap { $0.isEmpty ? nil : $0 }
        // A token of a file that only happens to lie here is not sent to a proxy that was named.
        let usesFile = source.isNamed || (named == nil && FileManager.default.fileExists(atPath: source.config))
        let loaded = usesFile ? try await file(of: source, isNeeded: named == nil) : nil
        var way = try named.map(checked) ?? loaded.map { try address(of: $0.settings) } ?? Way("http://127.0.0.1:9090")
        way.isNamed = named != nil
        if let token = remote.token { return ProxyPlace(way, token, "--token", loaded) }
        if let token = environment["MCP_PROXY_TOKEN"], !token.isEmpty {
            return ProxyPlace(way, token, "MCP_PROXY_TOKEN", loaded)
        }
        let settings = loaded?.settings
        if let token = settings?.managementTokens.first
            ?? settings?.clientToken(where: { $0.admit(.management(.execute)) })
            ?? settings?.clientToken(where: { $0.admit(.management(.read)) })
        {
            return ProxyPlace(way, token.reveal(), "that of \(source.shownLocation)", loaded)
        }
        return ProxyPlace(way, nil, "", loaded)
    }

    /// How the proxy is reached.
    private struct Way {
        let base: String
        var proxy = OwnProxy()
        var isNamed = false

        init(_ base: String, _ proxy: OwnProxy = OwnProxy()) {
            (self.base, self.proxy) = (base, proxy)
        }
    }

    /// Where it is, for messages.
    var shown: String { proxy.socketPath.map { "unix:\($0)" } ?? base }

    /// The configuration, for what it says of the proxy.
    ///
    /// - Parameter isNeeded: Whether nothing else says where the proxy is.
    private static func file(of source: ConfigurationOptions, isNeeded: Bool) async throws -> LoadedConfiguration {
        do {
            return try await source.load()
        } catch let error as ConfigurationError {
            Terminal.error(error.description)
            let wayRound = isNeeded ? "name the proxy with --proxy URL" : "leave out --config"
            throw CommandFailure(
                "\(source.shownLocation) was to say where the proxy is and which token opens it; correct it, or "
                    + "\(wayRound) to do without it")
        }
    }

    private init(_ way: Way, _ token: String?, _ tokenSource: String, _ configuration: LoadedConfiguration?) {
        (base, proxy, isNamed) = (way.base, way.proxy, way.isNamed)
        self.token = token.map { Secret($0) }
        self.tokenSource = tokenSource
        self.configuration = configuration
    }

    /// Where its metrics are: at the address of their own that the file of the proxy has for them, else below the base.
    var metrics: (url: String, proxy: OwnProxy) {
        get throws {
            guard !isNamed, let settings = configuration?.settings, let own = settings.metrics.address else {
                return ("\(base)/metrics", proxy)
            }
            let (root, proxy) = try Self.root(own, settings)
            return ("\(root)\(settings.baseURL.pathPrefix)/metrics", proxy)
        }
    }

    /// Whether the token was given for this command.
    var isGiven: Bool { tokenSource == "--token" || tokenSource == "MCP_PROXY_TOKEN" }

    /// What opens a server: the token that was given, else the server's own where the file has it.
    func token(of server: String) -> Secret? {
        if isGiven { return token }
        let known = configuration?.settings.servers.first { $0.name.utf8.elementsEqual(server.utf8) }
        // One that was added while it ran has the proxy's.
        guard let known else { return configuration?.settings.options.authTokens.first ?? token }
        return known.options.authTokens.first
            ?? configuration?.settings.clientToken { $0.admit(.server(ByteText(server))) }
    }

    /// An address that somebody gave, without what does not belong to it.
    private static func checked(_ text: String) throws -> Way {
        if let path = ListenAddress.socketPath(of: text) {
            return Way("http://localhost", OwnProxy(socketPath: path))
        }
        let trimmed = String(text.reversed().drop { $0 == "/" }.reversed())
        guard let url = try? HTTPURL(trimmed), url.path == url.target else {
            // What the error says more is less than the example.
            throw CommandFailure(
                "--proxy and MCP_PROXY_URL take an address such as http://127.0.0.1:9090, or unix:/path of a socket")
        }
        return Way(trimmed)
    }

    /// Where a proxy of this configuration listens, as seen from its own machine.
    private static func address(of settings: ProxySettings) throws -> Way {
        if let path = settings.address.socketPath {
            return Way("http://localhost\(settings.baseURL.pathPrefix)", OwnProxy(socketPath: path))
        }
        let (root, proxy) = try root(settings.address, settings)
        return Way("\(root)\(settings.baseURL.pathPrefix)", proxy)
    }

    /// A port of the proxy, as seen from its own machine.
    private static func root(_ address: ListenAddress, _ settings: ProxySettings) throws -> (String, OwnProxy) {
        guard address.port != 0 else {
            throw CommandFailure("the proxy takes any free port (addr); name its address with --proxy")
        }
        var host = address.host ?? "127.0.0.1"
        if host == "0.0.0.0" { host = "127.0.0.1" }
        if host == "::" { host = "::1" }
        if host.contains(":"), !host.hasPrefix("[") { host = "[\(host)]" }
        let scheme = settings.tls == nil ? "http" : "https"
        return (
            "\(scheme)://\(host):\(address.port)", OwnProxy(certificateFile: settings.tls?.certificateFile)
        )
    }
}

extension ConfigurationOptions {
    /// Whether a configuration was named on the command line.
    var isNamed: Bool { config != Self.defaultPath }

    /// The file, or the URL without what may be secret in it.
    var shownLocation: String { RemoteConfigurationRequest.display(config) }
}
