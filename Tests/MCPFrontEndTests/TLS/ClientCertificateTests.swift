import MCPTestSupport
import NIOSSL
import Testing

@testable import MCPFrontEnd

@Suite struct ClientCertificateTests {
    private func certificate(_ text: String) throws -> ClientCertificate {
        try ClientCertificate(NIOSSLCertificate(bytes: Array(text.utf8), format: .pem))
    }

    @Test("The subject is written as RFC 4514 does, the last part first")
    func subject() throws {
        #expect(
            try certificate(CertificateText.named).subject
                == ##"CN=\ #laptop ö\ ,O=Ex\, am\+ple\; \"GmbH\" \<x\> = \\,C=DE"##)
    }

    @Test("What is no text that can be read stands there in hexadecimal digits, and a control character is escaped")
    func odd() throws {
        #expect(
            try certificate(CertificateText.odd).subject
                == ##"1.2.840.113549.1.9.1=#1603784079,CN=#1e060062006d0070,CN=\#a\0ab+UID=u"##)
    }

    @Test("Without a subject the text is empty")
    func nameless() throws {
        #expect(try certificate(CertificateText.nameless).subject == "")
    }

    @Test(
        "Alternative names say of which kind they are; other characters than those of names, and addresses, are left out"
    )
    func names() throws {
        #expect(
            try certificate(CertificateText.named).names
                == ["DNS:laptop.example", "URI:spiffe://example/laptop", "email:l@example"])
    }

    @Test("The fingerprint is the SHA-256 of the certificate, and its end is known")
    func fingerprint() throws {
        let made = try certificate(CertificateText.named)
        #expect(made.fingerprint == "008f3be9ace92a13e9f63da7fe10cd0fdadce4ef8dad9a52c5631adadff25df2")
        #expect(made.ends == 4_922_899_200)
    }

    @Test("What is no certificate is refused", arguments: [[], [0x30], [0x30, 0], [0x30, 2, 0x30, 0], [0x04, 1, 0]])
    func noCertificate(bytes: [UInt8]) {
        #expect(throws: (any Error).self) { try CertificateSubject.text(of: bytes) }
    }

    @Test("Bytes that were changed are refused, or give a text of one line")
    func changedBytes() throws {
        let whole = try NIOSSLCertificate(bytes: Array(CertificateText.odd.utf8), format: .pem).toDERBytes()
        var texts: Set<String> = []
        for place in whole.indices {
            for value in [0x00, 0x01, 0x30, 0x31, 0x7F, 0x80, 0x84, 0xFF, whole[place] ^ 1, whole[place] &+ 1]
                as [UInt8]
            {
                var bytes = whole
                bytes[place] = value
                // What is refused says nothing more.
                guard let text = try? CertificateSubject.text(of: bytes) else { continue }
                texts.insert(text)
                #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control }, "\(place)")
            }
            #expect(throws: (any Error).self) { try CertificateSubject.text(of: Array(whole[..<place])) }
        }
        #expect(texts.count > 10)
    }
}
