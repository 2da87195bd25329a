import AccessTokens
import NIOCore
import Testing

@testable import TokenIssuers

@Suite struct KeyStoreTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func fetched() throws -> KeyStore {
        var store = KeyStore()
        #expect(store.step(at: start) == .fetch)
        store.finish(.success(try KeySet(ByteBuffer(string: #"{"keys":[]}"#))), at: start)
        return store
    }

    private static let failure = Result<KeySet, IssuerFailure>.failure(IssuerFailure("away"))

    @Test("The first token has the keys fetched, and the others wait for that")
    func first() throws {
        var store = KeyStore()
        #expect(store.keys(at: start) == nil)
        #expect(store.step(at: start) == .fetch)
        #expect(store.step(at: start) == .wait)
        #expect(store.stepForUnknownKey(at: start) == .wait)
        store.finish(.success(try KeySet(ByteBuffer(string: #"{"keys":[]}"#))), at: start)
        #expect(store.step(at: start) == .verify)
    }

    @Test("Without keys an issuer that fails is asked again after five seconds, and nobody waits until then")
    func firstFailure() {
        var store = KeyStore()
        #expect(store.step(at: start) == .fetch)
        store.finish(Self.failure, at: start + .seconds(2))
        #expect(store.step(at: start + .milliseconds(4_999)) == .unavailable)
        #expect(store.step(at: start + .seconds(5)) == .fetch)
        #expect(store.step(at: start + .seconds(5)) == .wait)
    }

    @Test("A key that is not known has them fetched again every thirty seconds at most")
    func unknownKey() throws {
        var store = try fetched()
        #expect(store.stepForUnknownKey(at: start + .milliseconds(29_999)) == .verify, "it stays unknown")
        #expect(store.stepForUnknownKey(at: start + .seconds(30)) == .fetch)
        #expect(store.stepForUnknownKey(at: start + .seconds(31)) == .wait)
        store.finish(Self.failure, at: start + .seconds(40))
        #expect(store.stepForUnknownKey(at: start + .seconds(41)) == .unavailable, "it may be one of the new ones")
        #expect(store.step(at: start + .seconds(41)) == .verify, "who has an old key is not disturbed")
        #expect(store.stepForUnknownKey(at: start + .seconds(60)) == .fetch)
    }

    @Test("Keys are renewed beside their use after ten minutes")
    func age() throws {
        var store = try fetched()
        #expect(store.step(at: start + .minutes(10) - .seconds(1)) == .verify)
        #expect(store.step(at: start + .minutes(10)) == .verifyAndRenew)
        #expect(store.step(at: start + .minutes(10)) == .verify, "it is being done")
        store.finish(Self.failure, at: start + .minutes(11))
        #expect(store.step(at: start + .minutes(11)) == .verifyAndRenew)
    }

    @Test("After an hour keys are waited for, unless the issuer did not answer the last time")
    func old() throws {
        var store = try fetched()
        #expect(store.step(at: start + .minutes(60)) == .fetch)
        #expect(store.step(at: start + .minutes(60)) == .wait)
        store.finish(Self.failure, at: start + .minutes(60))
        #expect(store.step(at: start + .minutes(60) + .seconds(29)) == .verify, "the last good ones")
        #expect(store.step(at: start + .minutes(60) + .seconds(30)) == .verifyAndRenew)
        #expect(store.step(at: start + .minutes(90)) == .verify, "while the issuer hangs nobody waits for it")
    }

    @Test("The last good keys are kept for a day while the issuer is away, and no longer")
    func away() throws {
        var store = try fetched()
        let last = start + .hours(24) - .seconds(1)
        #expect(store.step(at: last) == .fetch)
        store.finish(Self.failure, at: last)
        #expect(store.keys(at: last) != nil)
        #expect(store.keys(at: start + .hours(24)) == nil)
        #expect(store.step(at: start + .hours(24)) == .unavailable)
        #expect(store.step(at: start + .hours(24) + .seconds(4)) == .fetch)
    }
}
