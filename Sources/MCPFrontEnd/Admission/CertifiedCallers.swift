import MCPValues
import Synchronization

/// Says who has a certificate that one of our authorities has signed.
package protocol CertificateJudge: Sendable {
    /// Finds whose it is; nil for somebody who is nobody that is known. The same certificate gets the same answer until
    /// the configuration is another one.
    func caller(with certificate: ClientCertificate) -> ProvenCaller?
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
        let caller = judge.caller(with: certificate)
        let shown = caller.map { .known(Credential($0.principal, evidence: $0.evidence)) } ?? ShownCredential.none
        state.withLock { state in
            // What came out by other rules than those of now counts for this request only.
            guard epoch == state.epoch else { return }
            if state.known.count >= Self.maximumCount { state.known = [:] }
            state.known[key] = shown
        }
        return shown
    }

    /// Judges everybody anew who comes from now on and is not known to be the same caller still.
    func forget() {
        state.withLock { state in
            state.known = state.known.filter { _, shown in
                if case .known(let credential) = shown { credential.isConfirmed } else { false }
            }
            state.epoch += 1
        }
    }
}
