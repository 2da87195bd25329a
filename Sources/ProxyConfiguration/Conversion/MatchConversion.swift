import MCPValues

/// Reads which callers with an access token are a client, and what scopes add.
enum MatchConversion {
    /// Reads `match`.
    static func match(in client: ObjectReader, _ context: inout ConversionContext) -> ClientMatch? {
        guard let reader = client.object("match", scope: .clientMatch, &context) else { return nil }
        let claims = reader.members("claims", &context).compactMap { claim($0.member, $0.path, &context) }
        guard let issuer = reader.nonEmptyText("issuer", &context) else {
            // A value of another kind has been reported.
            if reader.node("issuer").map({ $0.value == .string("") }) ?? true {
                context.error(
                    "the issuer is missing: claims of one mean nothing at another", at: reader.position,
                    reader.path("issuer"), write: "Write one of those in mcpProxy.identity.issuers")
            }
            return nil
        }
        return ClientMatch(issuer: issuer, claims: claims)
    }

    private static func claim(
        _ member: ConfigurationNode.Member, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> ClientMatch.Claim? {
        guard let place = ClaimPath(member.name) else {
            context.error(
                "the name of the claim is empty, or has a ~ that is neither ~0 nor ~1", at: member.position, path,
                write: #"Write "groups", or "/realm_access/roles" for a claim in a claim"#)
            return nil
        }
        if member.name.contains("."), !member.name.contains("/") {
            context.warn(
                "a point is part of the claim's name and leads nowhere", at: member.position, path,
                write: "Write \"/\(member.name.split(separator: ".").joined(separator: "/"))\" for a claim in a claim")
        }
        return values(member.value, path, &context).map { ClientMatch.Claim(place, $0) }
    }

    private static func values(
        _ node: ConfigurationNode, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> [String]? {
        guard case .array(let elements) = node.value else {
            return ObjectReader.text(node, path, &context).map { [$0] }
        }
        if elements.isEmpty {
            context.error(
                "the list is empty, so nobody would match", at: node.position, path, write: #"Write "engineering""#)
        }
        return elements.enumerated().compactMap { index, element in
            ObjectReader.text(element, path.appending(index: index), &context)
        }
    }

    /// Reads `scopes`.
    static func scopes(in client: ObjectReader, _ context: inout ConversionContext) -> [ScopeRights] {
        client.members("scopes", &context).compactMap { member, path in
            if !ScopeText.isScope(member.name) {
                context.error(
                    "this is no scope", at: member.position, path,
                    write: "Write one scope, without spaces and quotation marks")
            }
            guard let reader = ObjectReader(member.value, scope: .scopeRights, path: path, &context) else { return nil }
            return ScopeRights(member.name, addition(reader, hasGroups: client.node("groups") != nil, &context))
        }
    }

    private static func addition(
        _ reader: ObjectReader, hasGroups: Bool, _ context: inout ConversionContext
    ) -> RightsAddition {
        let isReadOnly = reader.boolean("readOnly", &context)
        if isReadOnly == true {
            context.error(
                "a scope adds to what the client may do and takes nothing away", at: reader.node("readOnly")?.position,
                reader.path("readOnly"), write: "Write \"readOnly\": true at the client, and false here")
        }
        if !hasGroups, let node = reader.node("groups") {
            context.error(
                "the client has no groups of its own to which these could be added", at: node.position,
                reader.path("groups"), write: "Write \"groups\" at the client as well, if need be as an empty list")
        }
        func patterns(_ key: String) -> [String] {
            let texts = reader.texts(key, &context) ?? []
            if texts.contains(where: { $0.text.hasPrefix("!") }) {
                context.error(
                    "a pattern with ! would take away what the client has without the scope, and a scope only adds",
                    at: reader.node(key)?.position, reader.path(key), write: "Write the patterns of what it adds")
            }
            return texts.map(\.text)
        }
        return RightsAddition(
            servers: patterns("servers"), groups: patterns("groups"), tools: patterns("tools"),
            liftsReadOnly: isReadOnly == false,
            management: reader.choice("management", of: ManagementRight.self, &context) ?? .none,
            callsPerMinute: reader.integer("callsPerMinute", in: 1...1_000_000, usual: 120, &context))
    }

    /// Checks what depends on the issuers.
    static func check(
        _ client: ClientSettings, in reader: ObjectReader, _ identity: IdentitySettings,
        _ context: inout ConversionContext
    ) {
        if let match = client.match,
            !identity.issuers.contains(where: { $0.issuer.utf8.elementsEqual(match.issuer.utf8) })
        {
            let near = nearestKey(to: match.issuer, in: identity.issuers.map(\.issuer))
            context.error(
                identity.issuers.isEmpty
                    ? "there are no issuers, so nobody can be this client with an access token"
                    : "this is none of the issuers",
                at: reader.node("match")?.position ?? reader.position, reader.path("match").appending("issuer"),
                write: near.map { "Did you mean \(ConfigurationPath.quoted($0))? It has to be the same in every byte" }
                    ?? "Write it under mcpProxy.identity.issuers as well")
        }
        if client.match == nil, !client.scopes.isEmpty {
            context.warn(
                "scopes count for callers with an access token only, and none is this client",
                at: reader.node("scopes")?.position, reader.path("scopes"), write: "Write \"match\" as well")
        }
    }

    /// Warns of a client that is never reached, since one before it takes all of its callers.
    ///
    /// - Parameter taken: Whom the clients before take; this one is noted.
    static func checkOrder(
        _ client: ClientSettings, in reader: ObjectReader, _ taken: inout TakenMatches,
        _ context: inout ConversionContext
    ) {
        guard let match = client.match else { return }
        if let taker = taken.taker(of: match) {
            let name = ConfigurationPath.quoted(taker)
            context.warn(
                "nobody is this client with an access token: all whom it matches are the client \(name) before it",
                at: reader.node("match")?.position, reader.path("match"),
                write: "Write it before \(name), since the first client that matches counts")
        }
        taken.note(match, of: client.name)
    }
}
