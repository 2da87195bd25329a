import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// Successive connections of one upstream: what is sent again, and what an old one says late.
@Suite(.timeLimit(.minutes(1))) struct UpstreamGenerationTests {
    @Test("A call that was refused unread because the session was forgotten is sent once more, on a new session")
    func sessionLost() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let (call, id) = try harness.call()
        let (other, otherID) = try harness.call()
        let old = try harness.link
        try harness.onLink { $0.loseSession(id) }
        #expect(harness.server.links.count == 2)
        #expect(call.endings == 0 && other.endings == 0)
        try harness.becomeReady()
        #expect(try harness.link.callIDs == [id], "the other call may have been executed and stays where it is")
        harness.eventLoop.perform { old.answer(otherID) }
        #expect(other.answers.count == 1)
        #expect(old.isClosed, "once nothing is in flight on it any more")
        try harness.onLink { $0.answer(id) }
        #expect(call.answers.count == 1)
        #expect(call.answers.first?.bytes.text.contains("\(id)") == true)
    }

    @Test("A call is sent again only once: forgotten twice, it fails")
    func sessionLostTwice() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let (call, id) = try harness.call()
        try harness.onLink { $0.loseSession(id) }
        try harness.becomeReady()
        try harness.onLink { $0.loseSession(id) }
        #expect(call.failures.map(\.code) == [.connectionLost])
        try harness.becomeReady()
        #expect(try harness.link.callIDs.isEmpty)
        #expect(call.endings == 1)
    }

    @Test("Every call of a forgotten session is sent again, also one that is refused after the new session is ready")
    func sessionLostForSeveral() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let (first, firstID) = try harness.call()
        let (second, secondID) = try harness.call()
        let old = try harness.link
        harness.eventLoop.perform { old.loseSession(firstID) }
        try harness.becomeReady()
        harness.eventLoop.perform { old.loseSession(secondID) }
        #expect(harness.server.links.count == 2, "the new session is not given up for it")
        #expect(try Set(harness.link.callIDs) == [firstID, secondID])
        #expect(old.isClosed, "nothing is in flight on the old one any more")
        try harness.onLink { link in
            link.answer(firstID)
            link.answer(secondID)
        }
        #expect(first.answers.count == 1 && second.answers.count == 1)
    }

    @Test("A session that is forgotten while nothing is in flight is opened again")
    func sessionLostIdle() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        let old = try harness.link
        try harness.onLink { $0.loseSession(nil) }
        #expect(harness.server.links.count == 2)
        #expect(old.isClosed)
        try harness.becomeReady()
        #expect(harness.recorder.readiness == [false, true])
    }

    // MARK: Old generations

    @Test("What an old connection says late is dropped")
    func oldGeneration() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        harness.eventLoop.advance(by: .seconds(10))
        let (lost, lostID) = try harness.call()
        let old = try harness.link
        let receiver = try #require(old.receiver)
        harness.eventLoop.perform { old.breakDown() }
        try harness.becomeReady()
        let (call, id) = try harness.call()
        harness.eventLoop.perform {
            for answered in [lostID, id] {
                receiver.linkReceived(
                    ByteBuffer(string: #"{"jsonrpc":"2.0","id":\#(answered),"result":"stolen"}"#), relatedTo: nil)
            }
            receiver.linkFailed(id, UpstreamFailure(.unreadable, "late"))
            receiver.linkLostSession(id)
            receiver.linkLostSession(nil)
            receiver.linkClosed(UpstreamFailure(.processEnded, "late"))
        }
        #expect(lost.endings == 1)
        #expect(call.endings == 0)
        #expect(harness.isReady)
        #expect(harness.server.links.count == 2)
    }

    @Test("The answer to a question of an old connection does not reach the new one")
    func oldQuestion() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        harness.eventLoop.advance(by: .seconds(10))
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":7,"method":"roots/list"}"#) }
        let question = try #require(harness.recorder.questions.first?.request)
        try harness.onLink { $0.breakDown() }
        try harness.becomeReady()
        harness.eventLoop.perform {
            harness.upstream.answer(question, OwnMessages.emptyResult(id: question.id))
        }
        #expect(try harness.link.responses.isEmpty)
    }

    @Test("A link that reports after everything else has gone does no harm")
    func reportsAfterTheEnd() throws {
        let link: ScriptedLink
        let receiver: any UpstreamLinkReceiver
        do {
            let harness = UpstreamHarness()
            try harness.becomeReady()
            link = try harness.link
            receiver = try #require(link.receiver)
            harness.eventLoop.perform { harness.upstream.close() }
        }
        receiver.linkLostSession(1)
        receiver.linkLostSession(nil)
        receiver.linkFailed(1, UpstreamFailure(.notReachable, "late"))
        receiver.linkReceived(ByteBuffer(string: "junk"), relatedTo: nil)
        receiver.linkClosed(UpstreamFailure(.closed, "late"))
        #expect(link.isClosed)
    }

    // MARK: Memory

    @Test("A closed upstream and its links are freed")
    func freed() throws {
        weak var upstream: Upstream?
        weak var link: ScriptedLink?
        do {
            let harness = UpstreamHarness()
            try harness.becomeReady()
            _ = try harness.call()
            upstream = harness.upstream
            link = try harness.link
            harness.eventLoop.perform { harness.upstream.close() }
        }
        #expect(upstream == nil)
        #expect(link == nil)
    }
}
