import AccessTokens
import MCPCore
import MCPFrontEnd
import MCPGateway
import MCPValues
import NIOCore
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// Whom an access token stands for, and what that opens.
@Suite struct TokenHoldersTests {
    private static let issuer = "https://a.example"

    private func token(
        _ subject: String, _ more: String = "", issuer: String = issuer
    ) throws -> VerifiedToken {
        let claims = #"{"active":true,"aud":"us","sub":"\#(subject)"\#(more)}"#
        return try IssuerRules(issuer: issuer, audiences: ["us"]).check(
            introspected: TokenClaims(try JSONText(scanning: ByteBuffer(string: claims))), rememberedFor: 60,
            now: UnixTime(milliseconds: 0))
    }

    private func client(
        _ name: String, _ servers: String, issuer: String = issuer, claims: [String: [String]] = [:],
        scopes: [ScopeRights] = []
    ) -> ClientSettings {
        var client = ClientSettings(name: name, rights: Rights(servers: NamePatterns([servers])))
        client.match = ClientMatch(
            issuer: issuer, claims: claims.compactMap { name, values in ClaimPath(name).map { .init($0, values) } })
        client.scopes = scopes
        return client
    }

    private func holders(_ clients: [ClientSettings]) -> TokenHolders {
        let holders = TokenHolders()
        _ = holders.keep(clients)
        return holders
    }

    @Test("A refreshed token is the same caller; another subject or issuer is another")
    func identity() throws {
        let holders = holders([client("all", "*"), client("b", "*", issuer: "https://b.example")])
        let ann = try #require(holders.principal(of: try token("ann")))
        #expect(holders.principal(of: try token("ann", #","iat":0,"jti":"2""#)) == ann)
        #expect(try holders.principal(of: token("bob")) != ann)
        #expect(try holders.principal(of: token("ann", issuer: "https://b.example")) != ann)
        #expect(ann.isNamed)
    }

    @Test("No two people have one name, however their issuers call them")
    func names() throws {
        let holders = holders([client("all", "*")])
        let subjects = ["ann all", "ann%20all", "ann", "\u{E9}", "e\u{301}", "ann\\u0000", "ANN"]
        let principals = try subjects.compactMap { try holders.principal(of: token($0)) }
        #expect(Set(principals).count == subjects.count)
        #expect(principals.allSatisfy { $0.name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } })
    }

    @Test("The first client that matches says what a token opens, and it alone")
    func first() throws {
        let holders = holders([
            client("ops", "ops", claims: ["groups": ["ops", "root"]]),
            client("dev", "dev", claims: ["groups": ["dev"]]),
            client("both", "both", claims: ["groups": ["x"], "site": ["y"]]),
        ])
        func servers(_ claims: String) throws -> [String]? {
            try holders.principal(of: token("ann", ",\(claims)"))?.rights.servers.texts
        }
        #expect(try servers(#""groups":["dev","ops"]"#) == ["ops"])
        #expect(try servers(#""groups":"root""#) == ["ops"])
        #expect(try servers(#""groups":["dev"]"#) == ["dev"])
        #expect(try servers(#""groups":["x"],"site":"y""#) == ["both"])
        for claims in [#""groups":["x"]"#, #""groups":[]"#, #""groups":"DEV""#, #""site":"y""#] {
            #expect(try servers(claims) == nil, "\(claims)")
        }
    }

    @Test("A client with tokens alone is nobody with an access token")
    func noMatch() throws {
        var laptop = client("laptop", "*")
        laptop.match = nil
        #expect(try holders([laptop]).principal(of: token("ann")) == nil)
    }

    @Test("Without any client a token opens what no token guards, and nothing else")
    func noClients() throws {
        let principal = try #require(try holders([]).principal(of: token("ann")))
        #expect(principal.rights == .unguarded && principal.isNamed)
        #expect(Access.holders([], clientsOf: [.server(ByteText("git")), .unguarded]).admits(principal))
        #expect(!Access.holders([], clientsOf: [.server(ByteText("git"))]).admits(principal))
        #expect(!principal.rights.admit(.management(.read)))
    }

    @Test("A token with more scopes is another caller than one with fewer, and neither has the other's rights")
    func scopes() throws {
        let scopes = [
            ScopeRights("w", RightsAddition(servers: ["w"])), ScopeRights("m", RightsAddition(management: .read)),
        ]
        let holders = holders([client("all", "r", scopes: scopes)])
        let plain = try #require(holders.principal(of: try token("ann", #","scope":"other""#)))
        let more = try #require(holders.principal(of: try token("ann", #","scope":"w other m""#)))
        #expect(plain != more)
        #expect(plain.rights.servers.texts == ["r"] && plain.rights.management == .none)
        #expect(more.rights.servers.texts == ["r", "w"] && more.rights.management == .read)
        #expect(
            try holders.principal(of: token("ann", #","scp":["m","w"]"#)) == more, "their order makes no difference")
    }

    @Test("Whoever has a token for each set of scopes makes no more calls than with one; others count for themselves")
    func calls() throws {
        var client = client(
            "all", "r", scopes: ["a", "b", "c"].map { ScopeRights($0, RightsAddition(servers: [$0])) })
        client.rights.callsPerMinute = 2
        let holders = holders([client])
        let now = NIODeadline.now()
        let callers = try ["", "a", "b", "a b c"].compactMap {
            holders.principal(of: try token("ann", #","scope":"\#($0)""#))
        }
        #expect(Set(callers).count == 4)
        #expect(callers.map { $0.takeCall(at: now) == nil } == [true, true, false, false])
        let bob = try #require(holders.principal(of: try token("bob", #","scope":"a""#)))
        #expect(bob.takeCall(at: now) == nil && bob.takeCall(at: now) == nil && bob.takeCall(at: now) != nil)
    }

    @Test("A reload gives everybody the rights of the clients that are there now, and nothing to whom none matches")
    func reload() throws {
        let holders = holders([client("dev", "a", claims: ["groups": ["dev"]])])
        let ann = try #require(holders.principal(of: try token("ann", #","groups":"dev""#)))
        #expect(holders.keep([client("dev", "b", claims: ["groups": ["dev"]])]) == [ann])
        #expect(ann.rights.servers.texts == ["b"])
        #expect(holders.keep([client("dev", "b", claims: ["groups": ["dev"]])]).isEmpty)
        #expect(holders.keep([client("dev", "b", claims: ["groups": ["ops"]])]) == [ann])
        #expect(ann.rights == .none)
        #expect(holders.keep([client("dev", "a", claims: ["groups": ["dev"]])]) == [ann])
        #expect(ann.rights.servers.texts == ["a"])
    }

    @Test(
        "After a reload everything that a caller has shown counts by itself, in whatever order it came",
        arguments: [false, true])
    func shownApart(isReversed: Bool) throws {
        let holders = holders([client("dev", "a", claims: ["groups": ["dev"]])])
        let shown = [#","groups":["dev"]"#, #","groups":["dev","ops"]"#]
        var callers = try (isReversed ? shown.reversed() : shown).compactMap {
            holders.caller(with: try token("ann", $0))
        }
        if isReversed { callers.reverse() }
        try #require(callers.count == 2)
        let ann = callers[0].principal
        #expect(callers[1].principal == ann && callers.allSatisfy { $0.evidence?.isInForce == true })
        #expect(holders.keep([client("dev", "a", claims: ["groups": ["ops"]])]).isEmpty)
        #expect(ann.rights.servers.texts == ["a"])
        #expect(callers.map { $0.evidence?.isInForce } == [false, true])
        #expect(holders.keep([client("dev", "a", claims: ["groups": ["x"]])]) == [ann])
        #expect(callers.map { $0.evidence?.isInForce } == [false, false] && ann.rights == .none)
        #expect(holders.keep([client("dev", "a", claims: ["groups": ["dev"]])]) == [ann])
        #expect(callers.map { $0.evidence?.isInForce } == [true, true])
    }

    @Test("What a caller has shown before does not stay when nothing goes by it")
    func shownAndGone() throws {
        let proof = try token("ann")
        var proofs = ShownProofs<VerifiedToken>()
        var kept: [ShownProof<VerifiedToken>] = []
        for number in 0..<1_000 {
            let shown = proofs.add(proof)
            if number < 5 { kept.append(shown) }
        }
        #expect(proofs.count <= 16)
        var judged = 0
        _ = proofs.judge { _ in
            judged += 1
            return nil
        }
        #expect(judged == 5 && kept.allSatisfy { !$0.isInForce })
    }

    @Test("Who may do nothing after a reload gets their rights back with a token that matches")
    func back() throws {
        let holders = holders([client("all", "a")])
        let ann = try #require(holders.principal(of: try token("ann", #","groups":"old""#)))
        _ = holders.keep([client("all", "a", claims: ["groups": ["new"]])])
        #expect(ann.rights == .none)
        #expect(try holders.principal(of: token("ann", #","groups":"new""#)) == ann)
        #expect(ann.rights.servers.texts == ["a"])
    }

    @Test("Where a scope would help that a token has not, it can be told, as long as it would")
    func stepUp() throws {
        let scopes = [
            ScopeRights("w", RightsAddition(servers: ["w"])), ScopeRights("x", RightsAddition(servers: ["x"])),
        ]
        let holders = holders([client("all", "r", scopes: scopes)])
        func needed(_ server: String, _ principal: Principal) -> String? {
            Access.holders([], clientsOf: [.server(ByteText(server))]).scope(for: principal)
        }
        let ann = try #require(holders.principal(of: try token("ann", #","scope":"w""#)))
        #expect(needed("x", ann) == "x")
        #expect(needed("y", ann) == nil)
        _ = holders.keep([client("all", "r", scopes: [scopes[0]])])
        #expect(needed("x", ann) == nil)
        #expect(needed("w", Principal(Standing(client: "laptop", .none))) == nil)
    }

    @Test("Who has gone is forgotten")
    func gone() throws {
        let holders = holders([client("all", "*")])
        for number in 0..<200 { _ = try holders.principal(of: token("\(number)")) }
        #expect(holders.all.isEmpty)
        let ann = try #require(holders.principal(of: try token("ann")))
        #expect(holders.all == [ann])
        #expect(!holders.all.contains(.anonymous))
    }
}
