package import MCPGateway
import MCPValues
import Synchronization

/// Says who has a certificate that one of our authorities has signed.
package protocol CertificateJudge: Sendable {
    /// Whose it is; nil for somebody who is nobody that is known. The same answer for the same certificate, until the
    /// configuration is another one.
    func principal(of certificate: ClientCertificate) -> Principal?
}

/// Remembers who has come with which certificate, so that each is judged once.
final class CertifiedCallers: Sendable {
    private static let maximumCount = 10_000

    private let judge: any CertificateJudge
    private let known = Mutex<[ByteText: ShownCredential]>([:])

    init(_ judge: any CertificateJudge) {
        self.judge = judge
    }

    func shown(_ certificate: ClientCertificate) -> ShownCredential {
        let key = ByteText(certificate.fingerprint)
        if let known = known.withLock({ $0[key] }) { return known }
        let shown = judge.principal(of: certificate).map { ShownCredential.known(Credential($0)) } ?? .none
        known.withLock { known in
            if known.count >= Self.maximumCount { known = [:] }
            known[key] = shown
        }
        return shown
    }

    /// Judges everybody anew who comes from now on.
    func forget() {
        known.withLock { $0 = [:] }
    }
}
