import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// How long a server may take to start, and what it may write meanwhile.
@Suite(.timeLimit(.minutes(1))) struct StartPatienceTests {
    @Test("More lines than may be junk are a banner while a server starts, and count for nothing later")
    func banner() throws {
        let harness = UpstreamHarness()
        try harness.onLink { link in
            link.openNow()
            for _ in 0..<1_000 { link.receive("Downloading") }
            link.completeHandshake()
            for _ in 0..<100 { link.receive("noise") }
        }
        #expect(harness.isReady)
        try harness.onLink { $0.receive("noise") }
        #expect(!harness.isReady)
    }

    @Test("A first start that shows signs of life is given longer, and the failure names the key")
    func longStart() throws {
        let harness = UpstreamHarness()
        try harness.onLink { $0.openNow() }
        for _ in 0..<9 {
            try harness.onLink { $0.signsOfLife += 1 }
            harness.eventLoop.advance(by: .seconds(30))
            #expect(harness.isStarting)
        }
        try harness.onLink { $0.signsOfLife += 1 }
        harness.eventLoop.advance(by: .seconds(30))
        let failure = try #require(harness.recorder.losses.first)
        #expect(failure.code == .timedOut && failure.detail.contains("300 s (startTimeout)"))
    }

    @Test(
        "Ten minutes are the end of patience, but for a server that is given longer than that at once",
        arguments: [(240, 480), (600, 600), (3_600, 3_600)])
    func endOfPatience(startTimeout: Int, total: Int64) throws {
        let harness = UpstreamHarness { $0.startTimeout = .seconds(startTimeout) }
        try harness.onLink { $0.openNow() }
        for second in 1...total {
            try harness.onLink { $0.signsOfLife += 1 }
            harness.eventLoop.advance(by: .seconds(1))
            #expect(harness.recorder.losses.isEmpty == (second < total))
        }
    }

    @Test("A silent start, and one of a server that has been ready before, has its time and no more")
    func shortStart() throws {
        let silent = UpstreamHarness()
        try silent.onLink { $0.openNow() }
        silent.eventLoop.advance(by: .seconds(30))
        #expect(silent.isWaiting)
        let again = UpstreamHarness()
        try again.becomeReady()
        try again.onLink { $0.breakDown() }
        again.eventLoop.advance(by: .seconds(1))
        try again.onLink {
            $0.openNow()
            $0.signsOfLife += 1
        }
        again.eventLoop.advance(by: .seconds(30))
        #expect(again.recorder.losses.map(\.code) == [.processEnded, .timedOut])
    }

    @Test("A server that has started slowly may do so again, and one that has become quick may not")
    func slowAgain() throws {
        let harness = UpstreamHarness()
        for isSlow in [true, true, false] {
            try harness.onLink { $0.openNow() }
            if isSlow {
                try harness.onLink { $0.signsOfLife += 1 }
                harness.eventLoop.advance(by: .seconds(31))
            }
            try harness.onLink { $0.completeHandshake() }
            #expect(harness.isReady)
            try harness.onLink { $0.breakDown() }
            harness.eventLoop.advance(by: .seconds(5))
        }
        try harness.onLink { link in
            link.openNow()
            link.signsOfLife += 1
        }
        harness.eventLoop.advance(by: .seconds(30))
        #expect(harness.recorder.losses.last?.code == .timedOut)
    }

    @Test("What is started anew, perhaps as another program, is given as long as at first")
    func renewedStart() throws {
        let harness = UpstreamHarness()
        try harness.becomeReady()
        var outcomes: [UpstreamFailure?] = []
        harness.eventLoop.perform {
            harness.upstream.renew(grace: .seconds(1)) { failure, _ in outcomes.append(failure) }
        }
        try harness.onLink {
            $0.openNow()
            $0.signsOfLife += 1
        }
        harness.eventLoop.advance(by: .seconds(30))
        #expect(outcomes.isEmpty)
        try harness.becomeReady()
        #expect(outcomes.map { $0 == nil } == [true] && harness.isReady)
    }
}
