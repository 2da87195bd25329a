import Testing

@testable import Grants

@Suite struct ProofKeyTests {
    @Test("The challenge is the one of RFC 7636, appendix B")
    func challenge() {
        #expect(
            ProofKey.challenge(of: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
                == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test("Nobody can guess the next one")
    func random() {
        let all = (0..<100).map { _ in ProofKey.random() }
        #expect(Set(all).count == 100 && all.allSatisfy { $0.utf8.count == 43 })
    }
}
