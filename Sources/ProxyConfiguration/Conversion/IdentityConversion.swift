import Addresses
import MCPValues

/// Reads `mcpProxy.identity`.
enum IdentityConversion {
    static let leeway: ClosedRange<Duration> = .zero...(.seconds(300))

    /// Reads all of it; keys left out keep their defaults.
    static func identity(in proxy: ObjectReader, _ context: inout ConversionContext) -> IdentitySettings {
        guard let reader = proxy.object("identity", scope: .identity, &context) else { return IdentitySettings() }
        let issuers = elements("issuers", in: reader, scope: .issuer, &context)
        let settings = IdentitySettings(
            issuers: issuers.compactMap { issuer($0, proxyHasName: hasName(proxy), &context) },
            scopesSupported: scopesSupported(in: reader, &context),
            requiredScopes: reader.scopes("requiredScopes", &context).map(\.text),
            clientMetadataURL: clientMetadataURL(in: reader, &context))
        checkTogether(settings, issuers, &context)
        if !issuers.isEmpty, !hasName(proxy) {
            context.warn(
                "clients are sent to the address that they have called, as the proxy sees it, to find the issuer; behind a web server that is another one",
                at: reader.position, reader.path,
                write: #"Write "baseURL": "https://mcp.example.com" under mcpProxy"#)
        }
        // Who is nothing but a client of others needs no issuers.
        let expectsTokens =
            reader.node("clientMetadataURL") == nil
            || ["issuers", "scopesSupported", "requiredScopes"].contains { reader.node($0) != nil }
        if issuers.isEmpty, expectsTokens, reader.node("issuers").map({ $0.value == .array([]) }) ?? true {
            context.warn(
                "there are no issuers, so no access token is accepted", at: reader.position, reader.path("issuers"),
                write:
                    #"Write "issuers": [{"issuer": "https://login.example.com", "audience": "https://mcp.example.com"}]"#
            )
        }
        return settings
    }

    /// Whether the proxy knows under which name clients reach it; a path alone is none.
    private static func hasName(_ proxy: ObjectReader) -> Bool {
        guard case .string(let text)? = proxy.node("baseURL")?.value else { return false }
        // What is wrong with it is reported where it is read.
        return (try? HTTPURL(text)) != nil
    }

    /// The objects of a list.
    private static func elements(
        _ key: String, in reader: ObjectReader, scope: KeyScope, _ context: inout ConversionContext
    ) -> [ObjectReader] {
        guard let node = reader.node(key) else { return [] }
        guard case .array(let elements) = node.value else {
            context.error(
                "a list of objects is expected, but this is \(node.kind)", at: node.position, reader.path(key),
                write: #"Write [{"issuer": "https://login.example.com"}]"#)
            return []
        }
        return elements.enumerated().compactMap { index, element in
            ObjectReader(element, scope: scope, path: reader.path(key).appending(index: index), &context)
        }
    }

    private static func issuer(
        _ reader: ObjectReader, proxyHasName: Bool, _ context: inout ConversionContext
    ) -> TokenIssuerSettings? {
        guard
            let name = reader.required("issuer", write: "https://login.example.com", &context)
                .flatMap({ reader.issuerName(of: $0, "issuer", &context) })
        else { return nil }
        var issuer = TokenIssuerSettings(issuer: name.text, address: name.url)
        issuer.audiences = audiences(in: reader, &context)
        if issuer.audiences.isEmpty, !proxyHasName {
            context.error(
                "nobody says for whom its tokens have to be issued: there is neither audience nor mcpProxy.baseURL",
                at: reader.node("audience")?.position ?? reader.position, reader.path("audience"),
                write: #"Write "audience": "https://mcp.example.com", the name that the issuer gives the proxy"#)
        }
        issuer.keysURL = reader.secureURL("jwksURL", &context)
        if reader.node("algorithms") != nil { issuer.algorithms = algorithms(in: reader, &context) }
        issuer.clockLeeway =
            reader.duration("clockLeeway", in: leeway, usual: .seconds(60), &context) ?? issuer.clockLeeway
        issuer.introspection = introspection(in: reader, &context)
        return issuer
    }

    private static func introspection(
        in reader: ObjectReader, _ context: inout ConversionContext
    ) -> TokenIssuerSettings.Introspection? {
        guard let inner = reader.object("introspection", scope: .introspection, &context) else { return nil }
        let clientID = inner.required("clientID", write: "mcp-proxy", &context)
        let secret = inner.required("clientSecret", write: "${INTROSPECTION_SECRET}", &context)
        if inner.node("url") == nil {
            _ = inner.required("url", write: "https://login.example.com/introspect", &context)
        }
        guard let url = inner.secureURL("url", &context), let clientID, let secret else { return nil }
        return .init(url: url, clientID: clientID, clientSecret: Secret(secret))
    }

    // MARK: Single values

    private static func audiences(in reader: ObjectReader, _ context: inout ConversionContext) -> [String] {
        guard let node = reader.node("audience") else { return [] }
        let names: [String]
        if case .array = node.value {
            names = reader.texts("audience", &context)?.map(\.text) ?? []
        } else {
            names = reader.text("audience", &context).map { [$0] } ?? []
        }
        if names.contains("") || node.value == .array([]) {
            context.error(
                "the name is empty", at: node.position, reader.path("audience"),
                write: #"Write "https://mcp.example.com", or leave the key out"#)
        }
        return names
    }

    private static func algorithms(
        in reader: ObjectReader, _ context: inout ConversionContext
    ) -> [SignatureAlgorithm] {
        let words = SignatureAlgorithm.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        var algorithms: [SignatureAlgorithm] = []
        for (index, entry) in (reader.texts("algorithms", &context) ?? []).enumerated() {
            if let algorithm = SignatureAlgorithm(named: entry.text) {
                algorithms.append(algorithm)
                continue
            }
            let isNone = entry.text.lowercased() == "none" || entry.text.hasPrefix("HS")
            context.error(
                "\(ConversionContext.quoted(entry.node) ?? "this") is no signature with a public key",
                at: entry.node.position,
                reader.path("algorithms").appending(index: index),
                write: isNone
                    ? "Remove it: anybody could make such tokens"
                    : "Write one of \(words)")
        }
        if let node = reader.node("algorithms"), node.value == .array([]) {
            context.error(
                "the list is empty, so no token would be accepted", at: node.position, reader.path("algorithms"),
                write: "Leave the key out")
        }
        return algorithms
    }

    /// The scopes that clients are told of.
    private static func scopesSupported(in reader: ObjectReader, _ context: inout ConversionContext) -> [String] {
        let key = "scopesSupported"
        return reader.scopes(key, &context).compactMap { scope in
            guard scope.text == "offline_access" else { return scope.text }
            context.warn(
                "a client that wants to refresh its tokens asks its issuer for this by itself", at: scope.position,
                scope.path, write: "Remove it")
            return nil
        }
    }

    /// Where the metadata of the proxy as a client is published. The address is its name as a client, too, so that it is
    /// held to what is asked of such a name.
    private static func clientMetadataURL(in reader: ObjectReader, _ context: inout ConversionContext) -> ExactURL? {
        let key = "clientMetadataURL"
        guard let text = reader.nonEmptyText(key, &context) else { return nil }
        let (position, path) = (reader.node(key)?.position, reader.path(key))
        let example = "Write an address such as \"https://mcp.example.com/oauth/client.json\""
        do throws(HTTPURLError) {
            let exact = try ExactURL(text)
            let segments = exact.url.path.split(separator: "/", omittingEmptySubsequences: false)
            let fault: String? =
                if exact.url.origin.scheme != .https {
                    "the address does not begin with https://, as the name of a client has to"
                } else if exact.url.target.contains("?") {
                    "the address has a query, which the name of a client has not"
                } else if exact.url.path == "/" {
                    "the address has no path, which the name of a client has to have"
                } else if segments.contains(where: { $0 == "." || $0 == ".." }) {
                    "the address has . or .. in its path, which the name of a client has not"
                } else {
                    nil
                }
            guard let fault else { return exact }
            context.error(fault, at: position, path, write: example)
        } catch {
            context.error(error.problem, at: position, path, write: example)
        }
        return nil
    }

    private static func checkTogether(
        _ settings: IdentitySettings, _ readers: [ObjectReader], _ context: inout ConversionContext
    ) {
        var seen: Set<ByteText> = []
        for reader in readers {
            guard case .string(let name)? = reader.node("issuer")?.value, !seen.insert(ByteText(name)).inserted else {
                continue
            }
            context.error(
                "this issuer is there already", at: reader.node("issuer")?.position, reader.path("issuer"),
                write: "Write one entry; audience and algorithms are lists")
        }
        let asking = readers.filter { $0.node("introspection") != nil }
        for reader in asking.dropFirst() {
            context.error(
                "only one issuer can be asked for opaque tokens: which of them made one cannot be seen, and no issuer is shown another's",
                at: reader.node("introspection")?.position, reader.path("introspection"), write: "Remove one of them")
        }
    }
}
