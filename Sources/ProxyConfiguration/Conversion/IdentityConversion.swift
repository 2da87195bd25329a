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
            scopesSupported: scopes("scopesSupported", in: reader, &context),
            requiredScopes: scopes("requiredScopes", in: reader, &context))
        checkTogether(settings, issuers, &context)
        if !issuers.isEmpty, !hasName(proxy) {
            context.warn(
                "clients are sent to the address that they have called, as the proxy sees it, to find the issuer; behind a web server that is another one",
                at: reader.position, reader.path,
                write: #"Write "baseURL": "https://mcp.example.com" under mcpProxy"#)
        }
        if issuers.isEmpty, reader.node("issuers").map({ $0.value == .array([]) }) ?? true {
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
        guard let name = required("issuer", in: reader, write: "https://login.example.com", &context) else {
            return nil
        }
        guard let address = address(of: name, "issuer", in: reader, &context) else { return nil }
        if address.target.contains("?") {
            context.error(
                "the name of an issuer has no query", at: reader.node("issuer")?.position, reader.path("issuer"),
                write: "Write it as its tokens and its metadata have it")
        }
        var issuer = TokenIssuerSettings(issuer: name, address: address)
        issuer.audiences = audiences(in: reader, &context)
        if issuer.audiences.isEmpty, !proxyHasName {
            context.error(
                "nobody says for whom its tokens have to be issued: there is neither audience nor mcpProxy.baseURL",
                at: reader.node("audience")?.position ?? reader.position, reader.path("audience"),
                write: #"Write "audience": "https://mcp.example.com", the name that the issuer gives the proxy"#)
        }
        issuer.keysURL = url("jwksURL", in: reader, &context)
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
        let clientID = required("clientID", in: inner, write: "mcp-proxy", &context)
        let secret = required("clientSecret", in: inner, write: "${INTROSPECTION_SECRET}", &context)
        if inner.node("url") == nil {
            _ = required("url", in: inner, write: "https://login.example.com/introspect", &context)
        }
        guard let url = url("url", in: inner, &context), let clientID, let secret else { return nil }
        return .init(url: url, clientID: clientID, clientSecret: Secret(secret))
    }

    // MARK: Single values

    private static func required(
        _ key: String, in reader: ObjectReader, write example: String, _ context: inout ConversionContext
    ) -> String? {
        if let text = reader.nonEmptyText(key, &context) { return text }
        // A value of another kind has been reported.
        switch reader.node(key)?.value {
        case nil, .string:
            context.error(
                "the key is missing", at: reader.node(key)?.position ?? reader.position, reader.path(key),
                write: "Write \"\(key)\": \"\(example)\"")
        default: break
        }
        return nil
    }

    private static func url(
        _ key: String, in reader: ObjectReader, _ context: inout ConversionContext
    ) -> HTTPURL? {
        reader.nonEmptyText(key, &context).flatMap { address(of: $0, key, in: reader, &context) }
    }

    /// An address that may be asked for keys: over TLS, unless it is on this machine.
    private static func address(
        of text: String, _ key: String, in reader: ObjectReader, _ context: inout ConversionContext
    ) -> HTTPURL? {
        let position = reader.node(key)?.position
        do throws(HTTPURLError) {
            let url = try HTTPURL(text)
            guard url.origin.scheme == .https || url.origin.isLoopback else {
                context.error(
                    "whoever is on the way could answer in its place", at: position, reader.path(key),
                    write: "Write an address that begins with https://")
                return nil
            }
            return url
        } catch {
            context.error(error.problem, at: position, reader.path(key), write: error.remedy)
            return nil
        }
    }

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
        let words = SignatureAlgorithm.allCases.map(\.rawValue)
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
                    : "Write one of \(words.map { "\"\($0)\"" }.joined(separator: ", "))")
        }
        if let node = reader.node("algorithms"), node.value == .array([]) {
            context.error(
                "the list is empty, so no token would be accepted", at: node.position, reader.path("algorithms"),
                write: "Leave the key out")
        }
        return algorithms
    }

    /// Words that may stand in a challenge ([RFC 6749, 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)).
    private static func scopes(
        _ key: String, in reader: ObjectReader, _ context: inout ConversionContext
    ) -> [String] {
        (reader.texts(key, &context) ?? []).enumerated().compactMap { index, entry in
            if entry.text == "offline_access", key == "scopesSupported" {
                context.warn(
                    "a client that wants to refresh its tokens asks its issuer for this by itself",
                    at: entry.node.position, reader.path(key).appending(index: index), write: "Remove it")
                return nil
            }
            if ScopeText.isScope(entry.text) { return entry.text }
            context.error(
                "\(ConversionContext.quoted(entry.node) ?? "this") is no scope", at: entry.node.position,
                reader.path(key).appending(index: index),
                write: "Write each scope by itself, without spaces and quotation marks")
            return nil
        }
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
