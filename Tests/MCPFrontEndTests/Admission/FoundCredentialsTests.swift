import MCPGateway
import NIOCore
import Synchronization
import Testing

@testable import MCPFrontEnd

/// Tokens of which an issuer has said whom they stand for.
@Suite struct FoundCredentialsTests {
    private let credentials = Credentials()
    private let ann = Principal(name: "ann")

    private func principal(_ token: String) -> Principal? {
        credentials.shown(authorization: "Bearer \(token)").principal
    }

    @Test("A token stands for somebody until it ends, and is not known then")
    func ends() {
        let shown = credentials.remember("long", of: ann, until: .now() + .hours(1))
        #expect(shown.principal == ann)
        #expect(principal("long") == ann)
        _ = credentials.remember("over", of: ann, until: .now())
        guard case .unknown = credentials.shown(authorization: "Bearer over") else {
            Issue.record("it has ended")
            return
        }
    }

    @Test("What was begun with a token ends ten minutes after it")
    func grace() {
        let end = NIODeadline.now() + .hours(1)
        let shown = credentials.remember("t", of: ann, until: end)
        #expect(!credentials.revokeEnded(at: end + .minutes(9)))
        #expect(!shown.isRevoked)
        #expect(credentials.revokeEnded(at: end + .minutes(10)))
        #expect(shown.isRevoked)
        #expect(credentials.count == 0)
    }

    @Test("A configured token stays whose it is, whatever an issuer says, and does not end")
    func configured() {
        credentials.add("t", for: .token(number: 0))
        _ = credentials.remember("t", of: ann, until: .now() + .hours(1))
        #expect(principal("t") == .token(number: 0))
        #expect(!credentials.revokeEnded(at: .now() + .hours(24)))
        credentials.forgetFound()
        #expect(principal("t") == .token(number: 0))
        // One that becomes configured is no longer what was found out.
        _ = credentials.remember("u", of: ann, until: .now() + .hours(1))
        credentials.add("u", for: .token(number: 1))
        credentials.forgetFound()
        #expect(principal("u") == .token(number: 1))
    }

    @Test("What was found out can be forgotten without ending anything")
    func forgotten() {
        let shown = credentials.remember("t", of: ann, until: .now() + .hours(1))
        credentials.forgetFound()
        #expect(principal("t") == nil)
        #expect(!shown.isRevoked)
        #expect(!credentials.revokeEnded(at: .now() + .minutes(69)))
        #expect(
            credentials.revokeEnded(at: .now() + .minutes(71)) && shown.isRevoked, "it ends in its time all the same")
        #expect(!credentials.revokeEnded(at: .now() + .minutes(71)))
    }

    @Test("Of one token that was judged twice at the same time all ends that was begun with it")
    func judgedTwice() {
        let end = NIODeadline.now() + .hours(1)
        let shown = [1, 2].map { _ in credentials.remember("t", of: ann, until: end) }
        #expect(credentials.revokeEnded(at: end + .minutes(10)))
        #expect(shown[0].isRevoked && shown[1].isRevoked)
    }

    @Test("What is shown to be good again goes on, however long ago it was shown first")
    func renewed() {
        let end = NIODeadline.now() + .minutes(1)
        let shown = (0..<30).map { credentials.remember("t", of: ann, until: end + .minutes($0)) }
        #expect(!credentials.revokeEnded(at: end + .minutes(38)))
        #expect(!shown[0].isRevoked)
        #expect(credentials.revokeEnded(at: end + .minutes(39)))
        #expect(shown[0].isRevoked && shown[29].isRevoked)
    }

    @Test(
        "What was begun with a token ends at once when that stands for its caller no more; other tokens of theirs stay")
    func judgedAnew() {
        let (old, new, end) = (SettableEvidence(), SettableEvidence(), NIODeadline.now() + .hours(1))
        let shown = credentials.remember(
            "t", of: ProvenCaller(ann, by: old), until: end, judgedIn: credentials.epoch)
        let other = credentials.remember(
            "u", of: ProvenCaller(ann, by: new), until: end, judgedIn: credentials.epoch)
        old.take(isInForce: false)
        #expect(shown.isRevoked && !other.isRevoked)
        credentials.forgetFound()
        #expect(principal("t") == nil && principal("u") == ann)
        let again = credentials.remember("t", of: ProvenCaller(ann, by: new), until: end, judgedIn: credentials.epoch)
        #expect(!again.isRevoked && shown.isRevoked)
    }

    @Test("What was judged by rules that are not in force any more counts once, and is not remembered")
    func judgedBefore() {
        let (end, epoch) = (NIODeadline.now() + .hours(1), credentials.epoch)
        credentials.forgetFound()
        let shown = credentials.remember("t", of: ProvenCaller(ann), until: end, judgedIn: epoch)
        #expect(shown.principal == ann && principal("t") == nil)
        #expect(credentials.revokeEnded(at: end + .minutes(10)) && shown.isRevoked)
    }

    @Test("Ten thousand are remembered; then those go that end first, a tenth at once")
    func bounded() {
        let now = NIODeadline.now()
        for number in 0..<Credentials.maximumFound {
            _ = credentials.remember(
                "\(number)", of: ann, until: now + .hours(2) + .seconds(Int64((number + 5_000) % 10_000)))
        }
        let first = credentials.shown(authorization: "5000")
        _ = credentials.remember("one more", of: ann, until: now + .hours(9))
        #expect(credentials.count == Credentials.maximumFound - Credentials.maximumFound / 10 + 1)
        #expect(principal("5999") == nil && principal("6000") == ann && principal("one more") == ann)
        #expect(!first.isRevoked, "what was begun with it goes on")
    }
}

private final class SettableEvidence: Evidence {
    private let holds = Atomic(true)
    var isInForce: Bool { holds.load(ordering: .relaxed) }
    func take(isInForce: Bool) { holds.store(isInForce, ordering: .relaxed) }
}

extension Credentials {
    fileprivate func remember(_ token: String, of principal: Principal, until end: NIODeadline) -> ShownCredential {
        remember(token, of: ProvenCaller(principal), until: end, judgedIn: epoch)
    }
}
