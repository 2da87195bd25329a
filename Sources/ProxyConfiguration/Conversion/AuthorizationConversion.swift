import Addresses

/// Reads `auth` of a server.
enum AuthorizationConversion {
    private typealias Method = AuthorizationKey.Method

    /// Reads it; what cannot be used is reported.
    static func authorization(
        in server: ObjectReader, for transport: ServerTransport?, _ context: inout ConversionContext
    ) -> ServerAuthorizationSettings {
        guard let node = server.node("auth") else { return .discovered }
        if transport?.startsProcess == true {
            context.error(
                "the key is for servers with url: nobody logs in to a program", at: node.position, server.path("auth"),
                write: #"Remove it, and give the program its credentials with "env""#)
        }
        if node.value == .string(AuthorizationKey.never) { return .none }
        guard node.members != nil else {
            report(node, server.path("auth"), &context)
            return .discovered
        }
        guard let reader = server.object("auth", scope: .authorization, &context) else { return .discovered }
        checkWay(server, to: transport, &context)
        return authorization(in: reader, &context) ?? .discovered
    }

    /// Reports what is neither an object nor the word. A text that is like none of ours is not shown: it may be a token.
    private static func report(
        _ node: ConfigurationNode, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) {
        var near: String?
        if case .string(let text) = node.value, !node.holdsVariable {
            near = nearestKey(to: text, in: Method.allCases.map(\.rawValue) + [AuthorizationKey.never])
        }
        let advice =
            switch near {
            case AuthorizationKey.never?: #"Did you mean "none"?"#
            case let type?: #"Write {"type": "\#(type)"}"#
            case nil: #"Write {"type": "oauth"}, or "none" if nobody is to log in"#
            }
        let shown = near.flatMap { _ in ConversionContext.quoted(node) } ?? node.kind
        context.error(
            "an object is expected, or the word \"none\", but this is \(shown)", at: node.position, path, write: advice)
    }

    private static func authorization(
        in reader: ObjectReader, _ context: inout ConversionContext
    ) -> ServerAuthorizationSettings? {
        guard let method = method(in: reader, &context) else { return nil }
        refuseKeys(of: method, in: reader, &context)
        let scopes = reader.scopes("scopes", &context).map(\.text)
        let client = client(of: method, in: reader, &context)
        switch method {
        case .oauth:
            let holder = reader.choice("per", of: ServerAuthorizationSettings.Login.Holder.self, &context)
            return .oauth(.init(scopes: scopes, client: client, holder: holder ?? .proxy))
        case .clientCredentials:
            return client.map { .clientCredentials(.init(scopes: scopes, client: $0)) }
        case .tokenExchange:
            let address = requiredURL("tokenURL", write: "https://login.example.com/token", in: reader, &context)
            let audience = reader.nonEmptyText("audience", &context)
            guard let client, let address else { return nil }
            return .tokenExchange(.init(scopes: scopes, client: client, tokenURL: address, audience: audience))
        case .enterpriseManaged:
            let provider = identityProvider(in: reader, &context)
            guard let client, let provider else { return nil }
            return .enterpriseManaged(.init(scopes: scopes, client: client, identityProvider: provider))
        }
    }

    private static func method(in reader: ObjectReader, _ context: inout ConversionContext) -> Method? {
        guard let node = reader.node("type") else {
            let words = Method.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
            context.error(
                "the key is missing", at: reader.position, reader.path("type"), write: "Write \"type\": \(words)")
            return nil
        }
        let isNever = node.value == .string(AuthorizationKey.never)
        return reader.choice(
            "type", of: Method.self,
            note: isNever ? #"a server to which nobody logs in has "auth": "none" alone"# : nil, &context)
    }

    private static func refuseKeys(of method: Method, in reader: ObjectReader, _ context: inout ConversionContext) {
        for key in KeyScope.authorization.keys.map(\.name) {
            guard let others = AuthorizationKey.methods[key], !others.contains(method), let node = reader.node(key)
            else { continue }
            let types = others.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
            context.error(
                "the key is for type \(types), and this is \"\(method.rawValue)\"", at: node.position,
                reader.path(key), write: "Remove it, or write another type")
        }
    }

    private static func requiredURL(
        _ key: String, write example: String, in reader: ObjectReader, _ context: inout ConversionContext
    ) -> HTTPURL? {
        guard reader.required(key, write: example, &context) != nil else { return nil }
        return reader.secureURL(key, &context)
    }

    private static func identityProvider(
        in reader: ObjectReader, _ context: inout ConversionContext
    ) -> ServerAuthorizationSettings.IdentityProvider? {
        guard let inner = reader.object("identityProvider", scope: .identityProvider, &context) else {
            if reader.node("identityProvider") == nil {
                context.error(
                    "the key is missing: nobody vouches for the caller", at: reader.position,
                    reader.path("identityProvider"),
                    write:
                        #"Write "identityProvider": {"issuer": "https://login.example.com", "clientID": "mcp-proxy"}"#
                )
            }
            return nil
        }
        let issuer = inner.issuerName("issuer", &context)
        let tokenURL = inner.secureURL("tokenURL", &context)
        if ["issuer", "tokenURL"].allSatisfy({ (inner.node($0)?.value ?? .string("")) == .string("") }) {
            context.error(
                "there is neither issuer nor tokenURL, so nobody can be asked", at: inner.position, inner.path,
                write: #"Write "issuer": "https://login.example.com""#)
        }
        let id = OAuthClientConversion.id(in: inner, isRequired: true, &context)
        let secret = OAuthClientConversion.secret(in: inner, &context)
        let place: ServerAuthorizationSettings.IdentityProvider.Place? =
            tokenURL.map { .tokenURL($0, issuer: issuer) } ?? issuer.map { .issuer($0) }
        guard let id, let place else { return nil }
        return .init(place: place, client: OAuthClientSettings(id: id, proof: secret.map { .secret($0) } ?? .none))
    }

    // MARK: Checks

    /// Reports where a token would have no effect, or be read by others.
    private static func checkWay(
        _ server: ObjectReader, to transport: ServerTransport?, _ context: inout ConversionContext
    ) {
        guard case .http(let url, let headers, _, _)? = transport else { return }
        let node = server.node("auth")
        if headers.contains(where: { $0.name.lowercased() == "authorization" }) {
            context.error(
                "the header Authorization is configured under headers, and a token of auth would stand in the same place",
                at: node?.position, server.path("auth"),
                write: #"Remove one of the two, or write "auth": "none""#)
        }
        if url.origin.scheme == .http, !url.origin.isLoopback {
            context.error(
                "the server is called with http://, so whoever is on the way could read the token",
                at: node?.position, server.path("auth"), write: #"Write https:// in "url""#)
        }
    }
}

/// Reads as which client the proxy comes to an issuer.
enum OAuthClientConversion {
    /// The name of the client; nil if there is none, or it cannot be one, which is reported.
    static func id(in reader: ObjectReader, isRequired: Bool, _ context: inout ConversionContext) -> String? {
        let text =
            isRequired
            ? reader.required("clientID", write: "mcp-proxy", &context) : reader.nonEmptyText("clientID", &context)
        guard let text, let node = reader.node("clientID") else { return nil }
        guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            context.error(
                "the name of a client has a line break, or a letter beyond ASCII", at: node.position,
                reader.path("clientID"), write: "Write it as the authorization server shows it")
            return nil
        }
        return text
    }

    /// The secret of the client; nil if there is none, or it cannot be one, which is reported.
    static func secret(in reader: ObjectReader, _ context: inout ConversionContext) -> Secret? {
        guard let text = reader.nonEmptyText("clientSecret", &context), let node = reader.node("clientSecret") else {
            return nil
        }
        guard HTTPText.isFieldValue(text) else {
            context.error(
                "the value holds a line break or another control character", at: node.position,
                reader.path("clientSecret"),
                write: "Remove it; variables read from files often end with a line break")
            return nil
        }
        Placeholder.check(text, at: node.position, reader.path("clientSecret"), &context)
        return Secret(text)
    }
}

extension AuthorizationConversion {
    /// The client of the server's issuer; nil if there is none, or it cannot be one, which is reported.
    private static func client(
        of method: Method, in reader: ObjectReader, _ context: inout ConversionContext
    ) -> OAuthClientSettings? {
        let id = OAuthClientConversion.id(in: reader, isRequired: method != .oauth, &context)
        let secret = OAuthClientConversion.secret(in: reader, &context)
        let file = EgressConversion.path("privateKeyFile", in: reader, &context)
        let issuer =
            AuthorizationKey.methods["issuer"]?.contains(method) == true
            ? reader.issuerName("issuer", &context) : nil
        if secret != nil, file != nil {
            context.error(
                "clientSecret is there as well, and a client proves who it is in one way",
                at: reader.node("privateKeyFile")?.position, reader.path("privateKeyFile"),
                write: "Keep one of the two")
        }
        if method == .clientCredentials, !reader.says("clientSecret"), !reader.says("privateKeyFile") {
            context.error(
                "there is neither clientSecret nor privateKeyFile, and nothing else says that it is the proxy who asks",
                at: reader.position, reader.path,
                write: #"Write "clientSecret": "${CLIENT_SECRET}", or "privateKeyFile": "/path/to/key.pem""#)
        }
        if method == .oauth, !reader.says("clientID") {
            for key in ["clientSecret", "privateKeyFile", "issuer"] where reader.says(key) {
                // Where it is written, and empty, it is that which is wrong.
                let path = reader.path(reader.node("clientID") == nil ? key : "clientID")
                context.error(
                    "there is no clientID to which \(key) belongs", at: reader.node(key)?.position, path,
                    write: #"Write "clientID" as well, or remove \#(key), so that the proxy registers itself"#)
            }
        }
        return id.map { id in
            let proof: OAuthClientSettings.Proof =
                secret.map { .secret($0) } ?? file.map { .privateKeyFile($0) } ?? .none
            return OAuthClientSettings(id: id, proof: proof, issuer: issuer)
        }
    }

    /// Warns of what comes to nothing as long as callers are nobody in particular.
    static func check(
        _ server: ServerSettings, at position: SourcePosition?, _ path: ConfigurationPath, _ proxy: ProxySettings,
        _ context: inout ConversionContext
    ) {
        switch server.authorization {
        case .oauth(let login) where login.holder == .principal && !proxy.asksCallers(of: server):
            context.warn(
                "callers are not asked who they are, so that all of them share one login", at: position,
                path.appending("per"), write: #"Write "clients" under mcpProxy, with a token for each"#)
        case .tokenExchange where proxy.identity.issuers.isEmpty:
            context.warn(
                "there are no issuers, so that no caller has a token to be exchanged", at: position, path,
                write: "Write mcpProxy.identity.issuers")
        case .discovered, .none, .oauth, .clientCredentials, .tokenExchange, .enterpriseManaged: break
        }
    }
}

extension ObjectReader {
    /// Whether something is written under a key; an empty text is nothing.
    fileprivate func says(_ key: String) -> Bool { node(key).map { $0.value != .string("") } ?? false }
}

extension ProxySettings {
    /// Whether callers of a server are asked who they are.
    func asksCallers(of server: ServerSettings) -> Bool { asksEverybody || !server.options.authTokens.isEmpty }
}
