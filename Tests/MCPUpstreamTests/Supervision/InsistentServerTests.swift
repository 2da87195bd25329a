import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// Servers that know both eras and turn out to want the handshake.
@Suite struct InsistentServerTests {
    private let introducing = IntroducerTests()

    private func harness(_ era: EraChoice = .detected) throws -> UpstreamHarness { try introducing.harness(era) }

    private func asked(_ harness: UpstreamHarness) throws -> [MCPCore.Method] { try introducing.asked(harness) }

    private func answer(_ harness: UpstreamHarness, _ method: MCPCore.Method, _ body: String) throws {
        try introducing.answer(harness, method, body)
    }

    private static let both = IntroducerTests.modern.replacing(
        #"["2026-07-28"]"#, with: #"["2025-11-25","2026-07-28"]"#)
    private static let demand = #""error":{"code":-32600,"message":"initialize is required"}"#

    @Test("A server that knows both eras and wants the handshake after all is believed, once")
    func insists() throws {
        let harness = try harness()
        try answer(harness, .serverDiscover, #""result":\#(Self.both)"#)
        let (first, _) = try harness.call()
        try answer(harness, .toolsCall, Self.demand)
        #expect(harness.recorder.handshakesWanted == 1 && harness.memory.era == .legacy)
        #expect(first.failures.map(\.code) == [.eraChanged] && first.failures.first?.nothingSent == true)
        harness.memory.remember(.modern)
        let (second, _) = try harness.call()
        try answer(harness, .toolsCall, Self.demand)
        #expect(second.answers.count == 1 && harness.recorder.handshakesWanted == 1, "then its refusal is the answer")
    }

    @Test("A server that knows no handshake, another error, and what is configured give no reason to try the handshake")
    func doesNotInsist() throws {
        for (result, error) in [
            (IntroducerTests.modern, Self.demand),
            (Self.both, #""error":{"code":-32602,"message":"initialize is required"}"#),
            (Self.both, #""error":{"code":-32600,"message":"no"}"#),
        ] {
            for choice in [EraChoice.detected, .always(.modern)] {
                let harness = try harness(choice)
                try answer(harness, .serverDiscover, #""result":\#(result)"#)
                let (call, _) = try harness.call()
                try answer(harness, .toolsCall, error)
                #expect(call.answers.count == 1 && harness.recorder.handshakesWanted == 0)
            }
        }
    }

    @Test("A program that knows both eras and ends with words about the handshake gets it as its first message")
    func endsForWantOfHandshake() throws {
        for (result, words, isTaken) in [
            (Self.both, "This command expects an MCP client on stdin (initialize handshake)", true),
            (Self.both, "out of memory", false), (IntroducerTests.modern, "initialize", false),
        ] {
            let harness = try harness()
            try answer(harness, .serverDiscover, #""result":\#(result)"#)
            try harness.onLink {
                $0.recentErrorOutput = [words]
                $0.breakDown()
            }
            harness.eventLoop.advance(by: .seconds(1))
            try harness.onLink { $0.openNow() }
            #expect(try asked(harness) == [isTaken ? .initialize : .serverDiscover], "\(words)")
        }
    }
}
