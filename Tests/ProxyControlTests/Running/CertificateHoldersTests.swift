import MCPFrontEnd
import MCPGateway
import MCPValues
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// Callers with certificates.
@Suite struct CertificateHoldersTests {
    private func holders(_ clients: (name: String, patterns: [String])...) -> CertificateHolders {
        let holders = CertificateHolders()
        _ = holders.keep(clients.map(client))
        return holders
    }

    private func client(_ name: String, _ patterns: [String]) -> ClientSettings {
        var client = ClientSettings(name: name, rights: Rights(servers: NamePatterns([name])))
        client.certificates = NamePatterns(patterns)
        return client
    }

    private func certificate(
        _ subject: String, _ names: [String] = [], fingerprint: String = "ab"
    ) -> ClientCertificate {
        ClientCertificate(subject: subject, names: names, fingerprint: fingerprint, ends: 0)
    }

    @Test(
        "The first client counts that has a pattern for the subject, a name or the fingerprint",
        arguments: [
            ("CN=ci,O=Example", [], "ci"), ("CN=ci,O=Other", [], nil), ("CN=xci,O=Example", [], nil),
            ("CN=a", ["URI:spiffe://example.com/agents/a"], "agents"),
            ("CN=a", ["DNS:spiffe://example.com/agents/a"], nil),
            ("", ["email:eva@example.com"], "eva"), ("", [], nil),
        ] as [(String, [String], String?)])
    func matches(subject: String, names: [String], expected: String?) {
        let holders = holders(
            ("ci", ["CN=ci,O=Example"]), ("agents", ["URI:spiffe://example.com/agents/*"]),
            ("eva", ["email:eva@example.com"]), ("all of ci", ["CN=ci,*"]))
        let principal = holders.principal(of: certificate(subject, names, fingerprint: "cd"))
        let found = principal.map { principal in
            ["ci", "agents", "eva"].first { principal.rights.admit(.server(ByteText($0))) }
        }
        // The last client takes what the first one does not.
        if subject == "CN=ci,O=Other" {
            #expect(principal?.rights.admit(.server(ByteText("all of ci"))) == true)
        } else {
            #expect(found ?? nil == expected)
        }
    }

    @Test("What takes away one of its names takes the certificate away")
    func excluded() {
        let all = holders(("a", ["*", "!CN=banned"]))
        #expect(all.principal(of: certificate("CN=banned")) == nil && all.principal(of: certificate("CN=x")) != nil)
        let some = holders(("a", ["DNS:*.corp.example", "!DNS:evil.corp.example"]))
        #expect(some.principal(of: certificate("CN=x", ["DNS:evil.corp.example", "DNS:q.corp.example"])) == nil)
        #expect(some.principal(of: certificate("CN=x", ["DNS:q.corp.example"])) != nil)
    }

    @Test("A certificate may be named by its fingerprint")
    func fingerprint() {
        let holders = holders(("a", ["sha256:ab"]))
        #expect(holders.principal(of: certificate("CN=x")) != nil)
        #expect(holders.principal(of: certificate("CN=x", fingerprint: "abc")) == nil)
    }

    @Test("A renewed certificate is the same caller; another subject is another one, and so is another client")
    func same() throws {
        let holders = holders(("a", ["CN=*"]))
        let first = try #require(holders.principal(of: certificate("CN=x", fingerprint: "1")))
        #expect(holders.principal(of: certificate("CN=x", fingerprint: "2")) == first)
        #expect(holders.principal(of: certificate("CN=y", fingerprint: "1")) != first)
        #expect(holders.keep([client("b", ["CN=*"])]) == [first] && first.rights == .none)
        #expect(holders.principal(of: certificate("CN=x")) != first)
    }

    @Test(
        "Programs with one subject and names of their own are callers of their own, and each is one however its names are put"
    )
    func sameSubject() throws {
        let holders = holders(("a", ["URI:spiffe://example.com/*"]), ("b", ["O=SPIRE,C=US"]))
        func caller(_ names: [String], subject: String = "O=SPIRE,C=US") -> Principal? {
            holders.principal(of: certificate(subject, names))
        }
        let a = try #require(caller(["URI:spiffe://example.com/a", "DNS:a.example"]))
        #expect(caller(["DNS:a.example", "URI:spiffe://example.com/a"]) == a)
        let others = [
            caller(["URI:spiffe://example.com/b", "DNS:a.example"]), caller(["URI:spiffe://example.com/a"]),
            caller(["URI:spiffe://example.com/a", "DNS:a.example"], subject: ""), caller(["DNS:a.example"]), caller([]),
            caller([], subject: "O=SPIRE,C=US DNS:a.example"),
        ]
        #expect(Set(others.compactMap(\.self) + [a]).count == 6, "the last one is nobody")
    }

    @Test("Without any client a certificate opens what no token guards; with clients of which none matches, nothing")
    func unguarded() throws {
        #expect(holders().principal(of: certificate("CN=x"))?.rights == .unguarded)
        let holders = CertificateHolders()
        _ = holders.keep([ClientSettings(name: "laptop", rights: Rights(servers: .all))])
        #expect(holders.principal(of: certificate("CN=x")) == nil)
    }
}
