import MCPCore
import NIOCore
import NIOSSL

/// A certificate with its key, ready to be shown to clients, and the authorities of clients.
package struct ServingCertificate: Sendable {
    /// From when the certificate is in force, in seconds since 1970.
    package let begins: Int
    /// Until when it is in force.
    package let ends: Int
    let context: NIOSSLContext

    /// Differs from that of any other that was made.
    package var identity: ObjectIdentifier { ObjectIdentifier(context) }

    /// Tells whether the bytes are of a key that is locked with a password, in either form of PEM.
    private static func isEncrypted(_ key: [UInt8]) -> Bool {
        let text = String(decoding: key, as: UTF8.self)
        return text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED")
    }

    /// How long a client may take to answer that a connection ends.
    private static let farewell = TimeAmount.seconds(2)

    /// - Parameters:
    ///   - chain: The certificate, then those between it and its authority (PEM).
    ///   - key: Its private key (PEM).
    ///   - clientAuthorities: Whose certificates clients may show (PEM); nil where they are not asked for one.
    /// - Throws: when these cannot be used together. Whether the certificate is in force is not looked at.
    package init(chain: [UInt8], key: [UInt8], clientAuthorities: [UInt8]?) throws(CertificateFault) {
        let certificates = try Self.certificates(in: chain, orElse: .noCertificate)
        guard !Self.isEncrypted(key) else { throw CertificateFault(.encryptedKey) }
        // The library's words say no more than that it is none.
        guard let privateKey = try? NIOSSLPrivateKey(bytes: key, format: .pem) else { throw CertificateFault(.noKey) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        configuration.shutdownTimeout = Self.farewell
        if let clientAuthorities {
            let authorities = try Self.certificates(in: clientAuthorities, orElse: .noClientAuthority)
            guard authorities.contains(where: Self.isRoot) else { throw CertificateFault(.noRootAuthority) }
            configuration.trustRoots = .certificates(authorities)
            // A client without a certificate has to show a token. One with another's is not spoken to.
            configuration.certificateVerification = .optionalVerification
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw CertificateFault(.keyDoesNotFit)
        } catch {
            throw CertificateFault(.unusable, "\(error)")
        }
        begins = certificates.first.map { Int($0.notValidBefore) } ?? 0
        ends = certificates.first.map { Int($0.notValidAfter) } ?? 0
    }

    private static func certificates(
        in bytes: [UInt8], orElse code: CertificateFault.Code
    ) throws(CertificateFault) -> [NIOSSLCertificate] {
        // What cannot be read is told as that; the library's words say no more.
        guard let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty else {
            throw CertificateFault(code)
        }
        return found
    }

    private static func isRoot(_ certificate: NIOSSLCertificate) -> Bool {
        // What cannot be read here either is nobody's root.
        guard let bytes = try? certificate.toDERBytes(), let isRoot = try? RootAuthority.isRoot(bytes) else {
            return false
        }
        return isRoot
    }

    /// Fails where the certificate is not in force.
    ///
    /// - Parameter now: Seconds since 1970.
    package func check(at now: Int) throws(CertificateFault) {
        if now > ends { throw CertificateFault(.expired, "it ended \(UTCTime.text(seconds: ends))") }
        if now < begins { throw CertificateFault(.notYetValid, "it begins \(UTCTime.text(seconds: begins))") }
    }
}
