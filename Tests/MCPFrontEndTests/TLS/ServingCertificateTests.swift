import Foundation
import MCPTestSupport
import NIOSSL
import Testing

@testable import MCPFrontEnd

@Suite struct ServingCertificateTests {
    private func fault(
        chain: String = CertificateText.named, key: String = CertificateText.key, authorities: String? = nil
    ) -> CertificateFault.Code? {
        do throws(CertificateFault) {
            _ = try ServingCertificate(
                chain: Array(chain.utf8), key: Array(key.utf8), clientAuthorities: authorities.map { Array($0.utf8) })
            return nil
        } catch {
            return error.code
        }
    }

    @Test("A certificate and its key can be shown, in one file as well")
    func usable() {
        #expect(fault() == nil)
        let both = CertificateText.key + "\n" + CertificateText.named
        #expect(fault(chain: both, key: both) == nil)
        #expect(fault(authorities: CertificateText.root) == nil)
        #expect(fault(authorities: CertificateText.between + CertificateText.leaf + CertificateText.root) == nil)
    }

    @Test("Authorities of clients at which no certificate of a client can end are refused")
    func noAuthority() {
        for text in [
            CertificateText.leaf, CertificateText.ownLeaf, CertificateText.between, CertificateText.muteRoot,
            CertificateText.named, CertificateText.between + CertificateText.leaf,
        ] {
            #expect(fault(authorities: text) == .noRootAuthority)
        }
        #expect(fault(authorities: CertificateText.key) == .noClientAuthority)
        #expect(CertificateFault(.noRootAuthority).setting == "clientCAFile")
    }

    @Test("What cannot be shown says why")
    func unusable() {
        #expect(fault(chain: "") == .noCertificate)
        #expect(fault(chain: CertificateText.key) == .noCertificate)
        #expect(fault(chain: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") == .noCertificate)
        #expect(fault(key: "") == .noKey)
        #expect(fault(key: CertificateText.named) == .noKey)
        #expect(fault(key: CertificateText.lockedKey) == .encryptedKey)
        #expect(fault(key: CertificateText.otherKey) == .keyDoesNotFit)
        #expect(fault(authorities: "") == .noClientAuthority)
    }

    @Test("It can be shown from its beginning to its end")
    func force() throws {
        let made = try ServingCertificate(
            chain: Array(CertificateText.named.utf8), key: Array(CertificateText.key.utf8), clientAuthorities: nil)
        try made.check(at: made.begins)
        try made.check(at: made.ends)
        #expect(throws: CertificateFault(.expired, "it ended 2126-01-01T00:00:00Z")) {
            try made.check(at: made.ends + 1)
        }
        #expect(throws: CertificateFault(.notYetValid, "it begins 2026-01-01T00:00:00Z")) {
            try made.check(at: made.begins - 1)
        }
    }

    @Test("Times that are none end nothing: most are refused with the certificate")
    func brokenTimes() throws {
        let whole = try NIOSSLCertificate(bytes: Array(CertificateText.named.utf8), format: .pem).toDERBytes()
        // UTCTime is 13 bytes long here, GeneralizedTime 15.
        let times = whole.indices.dropLast(20).filter {
            [0x17, 0x18].contains(whole[$0]) && [13, 15].contains(whole[$0 + 1])
        }
        #expect(times.count >= 2)
        var refused = 0
        for time in times {
            for (place, value) in [(2, 0x39), (4, 0x39), (6, 0x39), (8, 0x39), (14, 0x41), (3, 0x2D)] as [(Int, UInt8)]
            {
                var bytes = whole
                bytes[time + place] = value
                let text = Data(bytes).base64EncodedString(options: .lineLength64Characters)
                let pem = "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
                if fault(chain: pem) == .noCertificate { refused += 1 }
            }
        }
        #expect(refused >= 2 * times.count)
    }
}
