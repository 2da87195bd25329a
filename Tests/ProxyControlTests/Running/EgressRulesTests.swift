import Addresses
import MCPTestSupport
import MCPUpstream
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// Whose certificates are believed, from what the environment and the configuration say.
@Suite struct EgressRulesTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("Without a word about it the system's authorities are believed")
    func system() {
        let rules = EgressRules(environment: [:])
        #expect(rules.egress(ServerEgress(), trustedCAFile: nil).trust == .verified)
        #expect(rules.egress().trust == .verified)
        #expect(EgressRules(environment: ["SSL_CERT_FILE": ""]).egress().trust == .verified)
    }

    @Test("Nothing is believed without being verified but where the operator says so")
    func unverified() {
        let rules = EgressRules(environment: [:])
        var egress = ServerEgress()
        egress.skipsVerification = true
        #expect(rules.egress(egress, trustedCAFile: nil).trust == .unverified)
        #expect(rules.egress(insecure: true).trust == .unverified)
    }

    @Test("A file that cannot be read, or without a certificate, makes nobody believed, not everybody")
    func missing() throws {
        try directory.write("no certificate", to: "empty.pem")
        for environment in [
            ["SSL_CERT_FILE": "\(directory.path)/missing.pem"], ["SSL_CERT_FILE": "\(directory.path)/empty.pem"],
            ["SSL_CERT_DIR": "\(directory.path)/missing"], ["SSL_CERT_DIR": directory.path],
        ] {
            let trust = EgressRules(environment: environment).egress().trust
            #expect(trust != .verified && trust != .unverified, "\(environment)")
        }
        let missing = "\(directory.path)/missing.pem"
        let trust = EgressRules(environment: [:]).egress(ServerEgress(), trustedCAFile: missing).trust
        #expect(trust == .unusable(because: "trustedCAFile \"\(missing)\" cannot be read"))
    }

    @Test("Authorities of the environment are read once for many servers, and again when a file has changed")
    func readOnce() throws {
        let authority = CertificateText.named
        try directory.write(authority, to: "authority.pem")
        try directory.setTime(1_000_000, of: "authority.pem")
        let rules = EgressRules(environment: ["SSL_CERT_DIR": directory.path])
        let first = rules.egress().trust
        // Whoever read it would find no certificate, and nobody believed.
        try directory.write(String(repeating: "-", count: authority.utf8.count), to: "authority.pem")
        try directory.setTime(1_000_000, of: "authority.pem")
        #expect(rules.egress().trust == first)
        try directory.setTime(2_000_000, of: "authority.pem")
        let unusable = HTTPTrust.unusable(because: "SSL_CERT_DIR names no directory with certificates in PEM")
        #expect(rules.egress().trust == unusable)
        try directory.write(authority, to: "another.pem")
        let another = rules.egress().trust
        #expect(another != unusable && another != first)
        try directory.remove("another.pem")
        #expect(rules.egress().trust == unusable)
    }

    @Test("What is wrong with a file is said in words")
    func faults() throws {
        try directory.write("no certificate", to: "empty.pem")
        #expect(EgressRules.fault(of: "\(directory.path)/missing.pem")?.contains("cannot be read") == true)
        #expect(EgressRules.fault(of: "\(directory.path)/empty.pem")?.contains("holds no certificate") == true)
        #expect(EgressRules.fault(of: directory.path)?.hasSuffix("is a directory, not a file") == true)
    }

    @Test("A server's own proxy is used in the place of those of the environment, and none where it says none")
    func proxies() {
        let rules = EgressRules(environment: ["HTTPS_PROXY": "http://proxy.example:3128"])
        let usual = rules.egress(ServerEgress(), trustedCAFile: nil)
        #expect(usual.proxies == rules.egress().proxies)
        var none = ServerEgress()
        none.proxy = .none
        #expect(rules.egress(none, trustedCAFile: nil).proxies == .none)
        #expect(usual.proxies != .none)
    }
}
