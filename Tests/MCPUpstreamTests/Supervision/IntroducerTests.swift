import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// How it is found out what a server speaks, through a whole upstream.
@Suite struct IntroducerTests {
    static let modern =
        #"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{},"ttlMs":0,"cacheScope":"private"}"#
    private static let legacy =
        #"{"protocolVersion":"2025-06-18","capabilities":{},"serverInfo":{"name":"s","version":"1"}}"#

    func harness(
        _ era: EraChoice = .detected,
        memory: EraMemory = EraMemory(),
        heads: Bool = false
    ) throws -> UpstreamHarness {
        let harness = UpstreamHarness(era: era, memory: memory)
        try harness.onLink {
            $0.mirrorsFields = heads
            $0.openNow()
        }
        return harness
    }

    func asked(_ harness: UpstreamHarness) throws -> [MCPCore.Method] {
        try harness.link.sent.map(\.message.method)
    }

    func answer(_ harness: UpstreamHarness, _ method: MCPCore.Method, _ body: String) throws {
        let id = try #require(harness.link.lastRequestID(method))
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":\#(id),\#(body)}"#) }
    }

    private func era(_ harness: UpstreamHarness) -> Era? {
        if case .ready(let introduction) = harness.upstream.state { introduction.era } else { nil }
    }

    @Test("A server that answers the first question needs no handshake, and is not sent one")
    func modernAtOnce() throws {
        let harness = try harness()
        #expect(try asked(harness) == [.serverDiscover])
        let probe = try #require(harness.link.sent.first)
        #expect(probe.message.params?["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.string == "2026-07-28")
        #expect(probe.mirrored == nil)
        try answer(harness, .serverDiscover, #""result":\#(Self.modern)"#)
        #expect(era(harness) == .modern && harness.memory.era == .modern)
        #expect(try harness.link.isStateless && harness.link.version == nil)
        harness.eventLoop.advance(by: .seconds(10))
        #expect(try asked(harness) == [.serverDiscover], "no notification, no second question")
    }

    @Test("Over HTTP the question carries its head")
    func head() throws {
        let head = try #require(try harness(heads: true).link.sent.first?.mirrored)
        #expect(head.method == "server/discover" && head.version == .july2026 && head.name == nil)
    }

    @Test(
        "Any error means a handshake, at once",
        arguments: [
            #""error":{"code":-32601,"message":"m"}"#, #""error":{"code":-32602,"message":"m"}"#,
            #""error":{"code":0,"message":"m"}"#, #""result":{}"#,
            #""error":{"code":-32022,"message":"m","data":{"supported":["2025-11-25"]}}"#,
        ])
    func legacyByError(body: String) throws {
        let harness = try harness()
        try answer(harness, .serverDiscover, body)
        #expect(try asked(harness) == [.serverDiscover, .initialize])
        try answer(harness, .initialize, #""result":\#(Self.legacy)"#)
        #expect(era(harness) == .legacy && harness.memory.era == .legacy)
        #expect(try harness.link.version == .june2025 && !harness.link.isStateless)
        #expect(try asked(harness).last == .initialized)
    }

    @Test("An error that names no request is one for the question that is open")
    func errorWithoutID() throws {
        let harness = try harness()
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}}"#) }
        #expect(try asked(harness) == [.serverDiscover, .initialize])
    }

    @Test("A silent server gets the handshake after a while, and whichever it answers first decides")
    func silence() throws {
        for isModern in [true, false] {
            let harness = try harness()
            harness.eventLoop.advance(by: .milliseconds(2_999))
            #expect(try asked(harness) == [.serverDiscover])
            harness.eventLoop.advance(by: .milliseconds(1))
            #expect(try asked(harness) == [.serverDiscover, .initialize])
            if isModern {
                try answer(harness, .serverDiscover, #""result":\#(Self.modern)"#)
            } else {
                try answer(harness, .initialize, #""result":\#(Self.legacy)"#)
            }
            #expect(era(harness) == (isModern ? .modern : .legacy))
            // The other answer comes too late to change anything.
            try answer(harness, .serverDiscover, #""result":\#(Self.modern)"#)
            try answer(harness, .initialize, #""result":\#(Self.legacy)"#)
            #expect(era(harness) == (isModern ? .modern : .legacy) && harness.recorder.readiness == [false])
            #expect(harness.memory.era == (isModern ? .modern : .legacy))
        }
    }

    @Test("A stateless server that was only slow may refuse the handshake: its answer to the first question counts")
    func refusedWhileProbed() throws {
        let harness = try harness()
        harness.eventLoop.advance(by: .seconds(3))
        try answer(harness, .initialize, #""error":{"code":-32601,"message":"no sessions"}"#)
        #expect(harness.isStarting)
        try answer(harness, .serverDiscover, #""result":\#(Self.modern)"#)
        #expect(era(harness) == .modern)
    }

    @Test("A server that refuses both is refused, with its words on the handshake")
    func refusedBoth() throws {
        let harness = try harness()
        harness.eventLoop.advance(by: .seconds(3))
        try answer(harness, .initialize, #""error":{"code":1,"message":"go away"}"#)
        try answer(harness, .serverDiscover, #""error":{"code":-32601,"message":"m"}"#)
        #expect(harness.isWaiting && harness.recorder.losses.first?.detail.contains("go away") == true)
        #expect(harness.memory.era == nil)
    }

    @Test("A server that refuses the handshake and is silent otherwise is refused when its time is over")
    func refusedAndSilent() throws {
        let harness = try harness()
        harness.eventLoop.advance(by: .seconds(3))
        try answer(harness, .initialize, #""error":{"code":1,"message":"go away"}"#)
        harness.eventLoop.advance(by: .seconds(27))
        #expect(harness.recorder.losses.first?.detail.contains("go away") == true)
    }

    @Test("A stateless server with which we share no revision gets no handshake")
    func noSharedRevision() throws {
        let harness = try harness()
        try answer(
            harness, .serverDiscover,
            #""error":{"code":-32022,"message":"m","data":{"supported":["2099-01-01"],"requested":"2026-07-28"}}"#)
        #expect(try asked(harness) == [.serverDiscover])
        #expect(harness.recorder.losses.first?.code == .handshakeRefused)
    }

    @Test("What is configured is neither asked for nor doubted")
    func configured() throws {
        let old = try harness(.always(.legacy))
        #expect(try asked(old) == [.initialize])
        let new = try harness(.always(.modern))
        new.eventLoop.advance(by: .seconds(10))
        #expect(try asked(new) == [.serverDiscover])
        try answer(new, .serverDiscover, #""error":{"code":-32601,"message":"m"}"#)
        #expect(new.recorder.losses.first?.code == .handshakeRefused)
    }

    @Test("A server known to have a handshake gets it at once; one known to have none is asked all the same")
    func remembered() throws {
        let memory = EraMemory()
        memory.remember(.legacy)
        #expect(try asked(harness(memory: memory)) == [.initialize])
        memory.remember(.modern)
        let harness = try harness(memory: memory)
        #expect(try asked(harness) == [.serverDiscover])
        try answer(harness, .serverDiscover, #""error":{"code":-32601,"message":"m"}"#)
        try answer(harness, .initialize, #""result":\#(Self.legacy)"#)
        #expect(memory.era == .legacy, "it was replaced")
    }

    @Test("A server that refuses a remembered handshake is asked again next time")
    func forgotten() throws {
        let memory = EraMemory()
        memory.remember(.legacy)
        let harness = try harness(memory: memory)
        try answer(harness, .initialize, #""error":{"code":-32601,"message":"m"}"#)
        #expect(memory.era == nil)
        harness.eventLoop.advance(by: .seconds(1))
        try harness.onLink { $0.openNow() }
        #expect(try asked(harness) == [.serverDiscover])
    }

    @Test(
        "A remembered handshake that gets no answer of the protocol, or none at all, is doubted next time")
    func forgottenWithoutAnswer() throws {
        for isSilent in [true, false] {
            let memory = EraMemory()
            memory.remember(.legacy)
            let harness = try harness(memory: memory)
            if isSilent {
                harness.eventLoop.advance(by: .seconds(31))
            } else {
                let id = try #require(harness.link.lastRequestID(.initialize))
                try harness.onLink { $0.fail(id, UpstreamFailure(.unexpectedHTTPAnswer, "400")) }
                harness.eventLoop.advance(by: .seconds(1))
            }
            try harness.onLink { $0.openNow() }
            #expect(try asked(harness) == [.serverDiscover], "silent: \(isSilent)")
        }
    }

    @Test("An HTTP answer that is not the protocol's means a handshake; a server that is not there does not")
    func failures() throws {
        for code in [UpstreamFailure.Code.unexpectedHTTPAnswer, .unreadable, .connectionLost] {
            let harness = try harness()
            let id = try #require(harness.link.lastRequestID(.serverDiscover))
            try harness.onLink { $0.fail(id, UpstreamFailure(code, "x")) }
            #expect(try asked(harness) == [.serverDiscover, .initialize])
        }
        let harness = try harness()
        try fail(harness, .serverDiscover, UpstreamFailure(.notReachable, "x"))
        #expect(try asked(harness) == [.serverDiscover] && harness.isWaiting && harness.memory.era == nil)
    }

    @Test("A process that ends on the first question is started once more at once, with a handshake")
    func diesOnProbe() throws {
        let harness = try harness()
        let (call, _) = try harness.call()
        try harness.onLink { $0.breakDown() }
        #expect(harness.server.links.count == 2 && call.endings == 0 && harness.recorder.losses.isEmpty)
        try harness.onLink { $0.openNow() }
        #expect(try asked(harness) == [.initialize])
        try harness.onLink { $0.breakDown() }
        #expect(harness.server.links.count == 2 && harness.isWaiting && call.failures.count == 1)
        #expect(harness.recorder.losses.count == 1)
    }

    @Test(
        "A process that answers neither question and ends on the second is started once more at once, with a handshake")
    func diesOnBoth() throws {
        let harness = try harness()
        let (call, _) = try harness.call()
        harness.eventLoop.advance(by: .seconds(3))
        #expect(try asked(harness) == [.serverDiscover, .initialize])
        try harness.onLink { $0.breakDown() }
        #expect(harness.server.links.count == 2 && call.endings == 0 && harness.recorder.losses.isEmpty)
        try harness.onLink { $0.openNow() }
        #expect(try asked(harness) == [.initialize])
        try answer(harness, .initialize, #""result":\#(Self.legacy)"#)
        #expect(era(harness) == .legacy && harness.memory.era == .legacy)
    }

    @Test("A process that refuses the first question and ends on the second gets a handshake as its first message")
    func diesAfterRefusal() throws {
        let harness = try harness()
        try answer(harness, .serverDiscover, #""error":{"code":-32602,"message":"m"}"#)
        try harness.onLink { $0.breakDown() }
        try harness.onLink { $0.openNow() }
        #expect(harness.server.links.count == 2 && harness.recorder.losses.isEmpty)
        #expect(try asked(harness) == [.initialize])
    }

    @Test("A process that was told what to speak, or is ended for its silence, waits as ever")
    func diesLater() throws {
        let configured = try harness(.always(.modern))
        try configured.onLink { $0.breakDown() }
        #expect(configured.server.links.count == 1 && configured.isWaiting)
        let silent = try harness()
        silent.eventLoop.advance(by: .seconds(30))
        #expect(silent.server.links.count == 1 && silent.isWaiting)
    }

    @Test("A server that wants credentials for the first question only gets the handshake")
    func unauthorizedProbe() throws {
        let harness = try harness()
        try fail(harness, .serverDiscover, UpstreamFailure(.unauthorized, "403 for this"))
        #expect(try asked(harness) == [.serverDiscover, .initialize])
        try answer(harness, .initialize, #""result":\#(Self.legacy)"#)
        #expect(era(harness) == .legacy)
    }

    @Test("A server that wants credentials for both questions is refused with that, and its era is still not known")
    func unauthorized() throws {
        for second in [UpstreamFailure.Code.unauthorized, .onlyStateless] {
            let harness = try harness()
            try fail(harness, .serverDiscover, UpstreamFailure(.unauthorized, "it wants credentials"))
            try fail(harness, .initialize, UpstreamFailure(second, "other words"))
            #expect(harness.recorder.losses.first?.code == .unauthorized && harness.memory.era == nil)
        }
    }

    @Test("A connection that breaks under the handshake gets it once more, and not again")
    func connectionLost() throws {
        let harness = try harness()
        try answer(harness, .serverDiscover, #""error":{"code":-32601,"message":"m"}"#)
        try fail(harness, .initialize, UpstreamFailure(.connectionLost, "closed"))
        #expect(try asked(harness) == [.serverDiscover, .initialize, .initialize])
        try fail(harness, .initialize, UpstreamFailure(.connectionLost, "closed"))
        #expect(harness.isWaiting && harness.recorder.losses.first?.code == .connectionLost)
    }

    @Test("A server that names the revisions of its handshake is offered the latest of them that we speak, once")
    func otherRevision() throws {
        let refusal = #""error":{"code":-32602,"message":"m","data":{"supported":["2024-11-05","2025-06-18"]}}"#
        let harness = try harness(.always(.legacy))
        try answer(harness, .initialize, refusal)
        let offers = try harness.link.sent.compactMap { $0.message.params?["protocolVersion"]?.string }
        #expect(offers == ["2025-11-25", "2025-06-18"])
        try answer(harness, .initialize, refusal)
        #expect(harness.isWaiting && harness.recorder.losses.first?.code == .handshakeRefused)
    }

    @Test("A server that refuses every revision that we speak is not offered another")
    func noOtherRevision() throws {
        for names in [#"["2099-01-01"]"#, #"["2025-11-25"]"#, "[]", "1"] {
            let harness = try harness(.always(.legacy))
            try answer(harness, .initialize, #""error":{"code":-32602,"message":"m","data":{"supported":\#(names)}}"#)
            #expect(try asked(harness) == [.initialize] && harness.isWaiting, "\(names)")
        }
    }

    @Test("A server that names the very revision it was asked in is asked once more at once")
    func askedAgain() throws {
        let words = #""error":{"code":-32022,"message":"m","data":{"supported":["2026-07-28"]}}"#
        let harness = try harness()
        try answer(harness, .serverDiscover, words)
        #expect(try asked(harness) == [.serverDiscover, .serverDiscover] && harness.isStarting)
        try answer(harness, .serverDiscover, #""result":\#(Self.modern)"#)
        #expect(era(harness) == .modern)
        let stubborn = try self.harness()
        try answer(stubborn, .serverDiscover, words)
        try answer(stubborn, .serverDiscover, words)
        #expect(try asked(stubborn) == [.serverDiscover, .serverDiscover] && stubborn.isWaiting)
        #expect(stubborn.recorder.losses.first?.code == .handshakeRefused)
    }

    private func fail(_ harness: UpstreamHarness, _ method: MCPCore.Method, _ failure: UpstreamFailure) throws {
        let id = try #require(harness.link.lastRequestID(method))
        try harness.onLink { $0.fail(id, failure) }
    }

    @Test("A server that asks before it has said what it is gets no answer, but for a ping")
    func questions() throws {
        let harness = try harness()
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":9,"method":"roots/list"}"#) }
        #expect(try harness.link.responses.isEmpty && harness.recorder.questions.isEmpty)
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":9,"method":"ping"}"#) }
        #expect(try harness.link.responses.count == 1)
    }

    @Test("No timer is left over, and nothing comes of a stopped introduction", arguments: [true, false])
    func timers(isModern: Bool) throws {
        let harness = try harness()
        if isModern {
            try answer(harness, .serverDiscover, #""result":\#(Self.modern)"#)
            #expect(harness.eventLoop.openTimers == 0)
        } else {
            harness.eventLoop.perform { harness.upstream.close() }
            #expect(harness.eventLoop.openTimers == 0)
            harness.eventLoop.advance(by: .seconds(60))
            #expect(harness.server.links.count == 1)
        }
    }
}
