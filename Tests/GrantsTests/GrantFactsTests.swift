import AccessTokens
import Addresses
import MCPCore
import NIOCore
import Testing

@testable import Grants

/// What the proxy holds to call a server, and how that is kept.
@Suite struct GrantFactsTests {
    private func answer(_ text: String) throws -> TokenAnswer {
        try TokenAnswer(
            GrantRequests.Answer(status: 200, body: try Samples.json(text)), from: try HTTPURL(Samples.tokenEndpoint))
    }

    @Test("What is kept is what is read again")
    func roundTrip() throws {
        var facts = try Samples.facts(scopes: ["a", "b\""])
        facts.account = "ann\u{E9}\n"
        #expect(GrantFacts(facts.json) == facts)
        facts.account = nil
        facts.refreshToken = nil
        facts.scopes = []
        #expect(GrantFacts(facts.json) == facts)
    }

    @Test(
        "A client is read as it was, with each way to show who it is",
        arguments: [
            RegisteredClient.Method.none, .basic, .post, .privateKey,
        ])
    func client(method: RegisteredClient.Method) throws {
        for secret in [nil, "s\u{0}\"x"] {
            let client = RegisteredClient(
                issuer: Samples.issuer, identifier: "me", secret: secret, method: method, redirect: "")
            #expect(RegisteredClient(try Samples.json(String(buffer: client.json)).root) == client)
        }
    }

    @Test("What misses anything is none")
    func incomplete() throws {
        let facts = String(buffer: try Samples.facts().json)
        for name in [
            "resource", "tokenEndpoint", "client", "accessToken", "expiry", "since", "issuer", "method", "redirect",
        ] {
            let text = facts.replacing("\"\(name)\":", with: "\"other\(name)\":")
            #expect(text != facts && GrantFacts(ByteBuffer(string: text)) == nil, "\(name)")
        }
        for text in [
            "", "{}", "[]", "null", "{\"resource\":", facts + "x", facts.replacing("\"none\"", with: "\"mac\""),
        ] {
            #expect(GrantFacts(ByteBuffer(string: text)) == nil, "\(text)")
        }
    }

    @Test("It ends when the answer says, counted from when it came")
    func times() throws {
        let facts = try Samples.facts(lifetime: 60_000)
        #expect(facts.expiry.milliseconds == Samples.now.milliseconds + 60_000 && facts.since == Samples.now)
    }

    @Test("Scopes are those that were given, or asked for where nothing is said")
    func scopes() throws {
        let client = Samples.client
        for (text, expected) in [
            (Samples.token("t"), ["asked"]), (Samples.token("t", scope: "given more"), ["given", "more"]),
            (Samples.token("t", scope: ""), []),
        ] {
            let facts = GrantFacts(
                try answer(text), resource: Samples.server, tokenEndpoint: Samples.tokenEndpoint, client: client,
                asked: ["asked"], now: Samples.now)
            #expect(facts.scopes == expected)
        }
    }

    @Test("What is renewed keeps what the answer does not say")
    func renewed() throws {
        var facts = try Samples.facts(scopes: ["a"])
        facts.account = "ann"
        let later = UnixTime(milliseconds: Samples.now.milliseconds + 1_000)
        let same = facts.renewed(by: try answer(Samples.token("second", lifetime: 10)), now: later)
        #expect(same.accessToken == "second" && same.refreshToken == "refresh-first" && same.account == "ann")
        #expect(same.scopes == ["a"] && same.since == later && same.resource == facts.resource)
        #expect(same.expiry.milliseconds == later.milliseconds + 10_000 && same.client == facts.client)
        let other = facts.renewed(by: try answer(Samples.token("third", refresh: "rotated", scope: "b")), now: later)
        #expect(other.refreshToken == "rotated" && other.scopes == ["b"])
    }
}
