import MCPGateway
import MCPValues
import Synchronization
import Testing

@testable import MCPFrontEnd

/// What is remembered of callers with certificates.
@Suite struct CertifiedCallersTests {
    private let certificate = ClientCertificate(subject: "CN=ann", names: [], fingerprint: "ab", ends: 0)

    @Test("A certificate is judged once, until the rules are others")
    func once() {
        let judge = CountingJudge()
        let callers = CertifiedCallers(judge)
        let first = callers.shown(certificate).principal
        #expect(first != nil && callers.shown(certificate).principal == first && judge.count == 1)
        callers.forget()
        #expect(callers.shown(certificate).principal != first && judge.count == 2)
    }

    @Test("What was judged by rules that are replaced meanwhile is not remembered")
    func replacedMeanwhile() {
        let judge = CountingJudge()
        let callers = CertifiedCallers(judge)
        judge.meanwhile.withLock { $0 = { callers.forget() } }
        let first = callers.shown(certificate).principal
        judge.meanwhile.withLock { $0 = nil }
        #expect(first != nil && callers.shown(certificate).principal != first && judge.count == 2)
    }
}

/// Says of each certificate that it is somebody else's than before.
private final class CountingJudge: CertificateJudge {
    let meanwhile = Mutex<(@Sendable () -> Void)?>(nil)
    private let judged = Atomic(0)

    var count: Int { judged.load(ordering: .relaxed) }

    func caller(with certificate: ClientCertificate) -> ProvenCaller? {
        judged.add(1, ordering: .relaxed)
        meanwhile.withLock { $0 }?()
        return ProvenCaller(Principal(name: "holder \(count)"))
    }
}
