import Crypto
import MCPCore
import NIOSSL

/// The certificate that a client has shown, signed by one of our authorities and in force when the connection was opened.
package final class ClientCertificate: Sendable {
    /// Whom it is of, as RFC 4514 writes it, such as `CN=laptop,O=Example`.
    package let subject: String
    /// What else its holder is called: `DNS:…`, `URI:…` and `email:…`, in the order written.
    package let names: [String]
    /// The SHA-256 of the whole certificate, in small hexadecimal digits.
    package let fingerprint: String
    /// Until when it is in force, in seconds since 1970.
    package let ends: Int

    package init(subject: String, names: [String] = [], fingerprint: String, ends: Int) {
        self.subject = subject
        self.names = names
        self.fingerprint = fingerprint
        self.ends = ends
    }

    /// By what its holder is the same with another certificate.
    package var holder: String { subject.isEmpty ? names.first ?? "sha256:\(fingerprint)" : subject }

    /// - Throws: when it is no certificate after all, which BoringSSL would have said.
    convenience init(_ certificate: NIOSSLCertificate) throws {
        let bytes = try certificate.toDERBytes()
        self.init(
            subject: try CertificateSubject.text(of: bytes),
            names: certificate._subjectAlternativeNames().compactMap(Self.name),
            fingerprint: Hexadecimal.text(of: SHA256.hash(data: bytes)),
            ends: Int(certificate.notValidAfter))
    }

    /// A name with other characters in it is nobody's name.
    private static func name(_ name: _SubjectAlternativeName) -> String? {
        guard !name.contents.isEmpty, name.contents.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        let text = String(decoding: name.contents, as: UTF8.self)
        switch name.nameType {
        case .dnsName: return "DNS:\(text)"
        case .uri: return "URI:\(text)"
        case .email: return "email:\(text)"
        default: return nil
        }
    }
}
