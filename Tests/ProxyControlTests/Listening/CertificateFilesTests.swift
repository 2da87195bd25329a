import MCPTestSupport
import ProxyConfiguration
import Testing

@testable import ProxyControl

@Suite struct CertificateFilesTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try folder.write(CertificateText.named, to: "crt")
        try folder.write(CertificateText.key, to: "key")
        try folder.set(0o600, of: "key")
    }

    private func remarks(authorities: String? = nil, at now: Int = 1_800_000_000) throws(CertificateFiles.Fault)
        -> [String]
    {
        try CertificateFiles.remarks(
            on: ListenerTLSSettings(
                certificateFile: "\(folder.path)/crt", keyFile: "\(folder.path)/key",
                clientCAFile: authorities.map { "\(folder.path)/\($0)" }), at: now)
    }

    private func fault(authorities: String? = nil, at now: Int = 1_800_000_000) -> String? {
        do throws(CertificateFiles.Fault) {
            _ = try remarks(authorities: authorities, at: now)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("What could be used nowhere is an error before the start")
    func unusable() throws {
        #expect(try remarks().isEmpty)
        #expect(fault(at: 4_922_899_201)?.contains("has expired") == true)
        try folder.write(CertificateText.otherKey, to: "key")
        #expect(fault()?.contains("key\" holds another key than that of the certificate; name the key") == true)
    }

    @Test(
        "A file without an authority of clients is an error before the start, and what to put into it is said",
        arguments: [
            ("", "in PEM; put"), (CertificateText.key, "in PEM; put"), (CertificateText.leaf, "root certificate"),
            (CertificateText.ownLeaf, "root certificate"),
        ])
    func noAuthority(text: String, advice: String) throws {
        try folder.write(text, to: "ca")
        let words = try #require(fault(authorities: "ca"))
        #expect(words.hasPrefix("mcpProxy.tls.clientCAFile \"\(folder.path)/ca\" holds no certificate of an authority"))
        #expect(words.contains(advice))
    }

    @Test("What cannot be read here may be there where the proxy is to run")
    func unreadable() throws {
        #expect(try remarks(authorities: "nowhere").count == 1)
        #expect(try remarks(authorities: "nowhere").first?.contains("nowhere\" is not there") == true)
    }

    @Test("What can be used is told of where there is something to do")
    func doubtful() throws {
        try folder.write(CertificateText.root, to: "ca")
        #expect(try remarks(authorities: "ca").isEmpty)
        try folder.set(0o644, of: "key")
        #expect(try remarks(authorities: "ca", at: 4_922_899_200 - 60).count == 2)
    }
}
