import Testing

@testable import ProxyConfiguration

@Suite struct CertificatePatternTests {
    private static let digest = String(repeating: "0a", count: 32)

    @Test(
        "What a certificate may be called may match",
        arguments: [
            "CN=laptop", "CN=laptop,O=Example", "CN=a+UID=b,DC=example,DC=com", #"CN=evil\, O\=Team"#,
            "1.2.840.113549.1.9.1=#1603784079,CN=x", "1.2*", "C*", "*", "*,O=Example", "CN=*, O=Example", "?N=laptop",
            "D*",
            "*laptop*", "DNS:laptop.example", "DNS:*", "URI:spiffe://example.com/agents/*", "URI:a,b=c", "email:a@b",
            "e*",
            "sha256:\(digest)", "sha256:0a*", "sha256:*", "sha*", "CN=", "ST*=x",
        ])
    func possible(text: String) {
        #expect(CertificatePattern(text).canMatch)
    }

    @Test(
        "What no certificate is called can match none",
        arguments: [
            "laptop", "laptop*", "laptop.example", "dns:laptop.example", "IP:10.0.0.1", "spiffe://example.com/*", "a@b",
            "CN = laptop", "CN=laptop, O=Example", "CN=laptop,", "cn=laptop", "/CN=laptop/O=Example", "CN",
            "subject=CN=x",
            "CN=laptop,emailAddress=a@b", "CN=laptop,o=*", "DNS:", "DNS:a b", "DNS:ö", "SHA256:\(digest)",
            "sha256:\(digest.uppercased())", "sha256:0a:0b*", "sha256:0a", "sha256:\(digest)0*", "sha256:", digest,
        ])
    func impossible(text: String) {
        #expect(!CertificatePattern(text).canMatch)
    }

    @Test("A client with a pattern that can match no certificate is refused, with the forms that can")
    func refused() throws {
        func found(_ patterns: String) -> [ConfigurationProblem] {
            errors(proxyDocument(#""clients": {"ci": {"certificates": [\#(patterns)], "servers": ["*"]}}"#))
        }
        #expect(found(#""CN=ci", "!DNS:old.*", "*""#).isEmpty)
        let problems = found(#""CN=ci", "laptop", "!CN = old""#)
        #expect(problems.map(\.keyPath) == [1, 2].map { "mcpProxy.clients.ci.certificates[\($0)]" })
        #expect(problems.first?.message == #"the pattern "laptop" can match no certificate"#)
        for form in ["CN=laptop,O=Example", "DNS:", "URI:", "email:", "sha256:"] {
            #expect(problems.first?.suggestion?.contains(form) == true)
        }
    }
}
