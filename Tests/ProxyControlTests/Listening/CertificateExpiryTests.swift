import Testing

@testable import ProxyControl

@Suite struct CertificateExpiryTests {
    private static let day = 24 * 60 * 60

    @Test("A certificate is told of once when two weeks are left, and once when it has ended")
    func once() {
        var expiry = CertificateExpiry()
        let ends = 100 * Self.day
        let told = (80...102).map { expiry.look(ends: ends, at: $0 * Self.day) }
        #expect(told.compactMap(\.self) == [.soon, .ended])
        #expect(told[6] == .soon && told[21] == .ended)
    }

    @Test("A certificate in its place is told of anew")
    func anew() {
        var expiry = CertificateExpiry()
        #expect(expiry.look(ends: 10, at: 11) == .ended)
        #expect(expiry.look(ends: 30 * Self.day, at: 11) == nil)
        #expect(expiry.look(ends: Self.day, at: 11) == .soon)
    }

    @Test("The words say when, and what to do")
    func words() {
        #expect(CertificateExpiry.Stage.far.words(ends: 0) == nil)
        for stage in [CertificateExpiry.Stage.soon, .ended] {
            #expect(stage.words(ends: 0)?.contains("1970-01-01T00:00:00Z") == true)
            #expect(stage.words(ends: 0)?.contains("renew it") == true)
        }
    }
}
