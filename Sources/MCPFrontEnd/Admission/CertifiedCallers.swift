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
    private let state = Mutex(State())

    private struct State {
        var known: [ByteText: ShownCredential] = [:]
        /// How often those were forgotten.
        var epoch = 0
    }

    init(_ judge: any CertificateJudge) {
        self.judge = judge
    }

    func shown(_ certificate: ClientCertificate) -> ShownCredential {
        let key = ByteText(certificate.fingerprint)
        let (known, epoch) = state.withLock { ($0.known[key], $0.epoch) }
        if let known { return known }
        let shown = judge.principal(of: certificate).map { ShownCredential.known(Credential($0)) } ?? .none
        state.withLock { state in
            // What came out by other rules than those of now counts for this request only.
            guard epoch == state.epoch else { return }
            if state.known.count >= Self.maximumCount { state.known = [:] }
            state.known[key] = shown
        }
        return shown
    }

    /// Judges everybody anew who comes from now on.
    func forget() {
        state.withLock { state in
            state.known = [:]
            state.epoch += 1
        }
    }
}
