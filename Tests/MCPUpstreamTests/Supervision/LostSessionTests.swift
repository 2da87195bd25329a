import MCPCore
import MCPTestSupport
import NIOCore
import Testing

@testable import MCPUpstream

/// Sessions of which servers say in an answer that they do not know them.
@Suite(.timeLimit(.minutes(1))) struct LostSessionTests {
    private static let words = #""error":{"code":-32000,"message":"Session not found"}"#

    private func ready() throws -> UpstreamHarness {
        let harness = UpstreamHarness(startsProcesses: false)
        try harness.becomeReady()
        try harness.onLink { $0.hasSession = true }
        return harness
    }

    private func refuse(_ harness: UpstreamHarness, _ id: Int64, _ error: String = words) throws {
        try harness.onLink { $0.receive(#"{"jsonrpc":"2.0","id":\#(id),\#(error)}"#, relatedTo: id) }
    }

    @Test(
        "A call that is answered so is sent once more in a new session, and the loss is told",
        arguments: [
            (-32000, "No valid session ID provided"), (-32001, "Session expired"),
            (-32600, "UNKNOWN SESSION"),
            (-32001, "the session was terminated"), (-32000, "Session does not exist"),
        ])
    func repeated(code: Int, words: String) throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        try refuse(harness, id, #""error":{"code":\#(code),"message":"\#(words)"}"#)
        #expect(
            call.endings == 0 && harness.server.links.count == 2 && harness.recorder.lostSessions == 1)
        #expect(harness.server.links[0].lossesInWords == [words])
        try harness.becomeReady()
        #expect(try harness.link.callIDs == [id])
        try harness.onLink { $0.answer(id) }
        #expect(call.answers.count == 1 && call.endings == 1)
    }

    @Test("What a new session answers in the same words is the answer, and the session stays")
    func onlyOnce() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        try refuse(harness, id)
        try harness.becomeReady()
        try harness.onLink { $0.hasSession = true }
        try refuse(harness, id)
        #expect(call.answers.first?.errorCode?.rawValue == -32000 && call.endings == 1)
        #expect(harness.server.links.count == 2 && harness.isReady)
    }

    @Test(
        "Other errors, and results, are answers",
        arguments: [
            #""error":{"code":-32000,"message":"Session is busy"}"#,
            #""error":{"code":-32000,"message":"Not found"}"#,
            #""error":{"code":-32602,"message":"Session not found"}"#, #""error":{"code":-32001}"#,
            #""result":{"message":"Session not found","code":-32000}"#,
        ])
    func answers(body: String) throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        try refuse(harness, id, body)
        #expect(call.answers.count == 1 && harness.server.links.count == 1)
    }

    @Test("A link without a session has none to lose")
    func noSession() throws {
        let harness = try ready()
        try harness.onLink { $0.hasSession = false }
        let (call, id) = try harness.call()
        try refuse(harness, id)
        #expect(call.answers.count == 1 && harness.server.links.count == 1)
    }

    @Test("A stateless server has none either")
    func stateless() throws {
        let harness = UpstreamHarness(era: .always(.modern))
        try harness.onLink {
            $0.hasSession = true
            $0.completeDiscovery()
        }
        let (call, id) = try harness.call()
        try refuse(harness, id)
        #expect(call.answers.count == 1 && harness.server.links.count == 1)
    }

    @Test("A call that has shown signs of life was read, and is not sent again")
    func progressed() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        harness.eventLoop.advance(by: .milliseconds(1))
        try harness.onLink {
            $0.receive(
                #"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(id),"progress":1}}"#
            )
        }
        try refuse(harness, id)
        #expect(call.answers.count == 1 && harness.server.links.count == 1)
    }

    @Test("A call whose arguments speak of a session gets what is said of that one")
    func speaksOfSession() throws {
        let harness = try ready()
        let (call, id) = try harness.call(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"sessionId":"7"}}}"#
        )
        try refuse(harness, id)
        #expect(call.answers.count == 1 && harness.server.links.count == 1)
    }

    @Test(
        "A server that forgets one session after another before anything was asked is left alone for a while"
    )
    func idleLosses() throws {
        let harness = try ready()
        for round in 1...2 {
            for _ in 1...3 {
                #expect(harness.recorder.losses.count == round - 1)
                try harness.onLink { $0.loseSession(nil) }
                if harness.isStarting { try harness.becomeReady() }
            }
            #expect(harness.recorder.losses.count == round)
        }
        #expect(harness.isWaiting)
        #expect(harness.recorder.losses.first?.detail.contains("forgets each session") == true)
    }

    @Test("What the proxy itself asks a server makes no session a used one")
    func ownRequests() throws {
        let harness = try ready()
        for _ in 1...3 {
            let (_, id) = try harness.call(isForClient: false)
            try harness.onLink { $0.answer(id) }
            try harness.onLink { $0.loseSession(nil) }
            if harness.isStarting { try harness.becomeReady() }
        }
        #expect(harness.recorder.losses.map(\.code) == [.connectionLost])
    }

    @Test("An error with more words than it takes to deny a session is an answer, and so is one to long arguments")
    func longWords() throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        let words = "Session not found" + String(repeating: ".", count: 1_000)
        try refuse(harness, id, #""error":{"code":-32000,"message":"\#(words)"}"#)
        let arguments = String(repeating: "a", count: 70_000)
        let (long, other) = try harness.call(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t","arguments":{"a":"\#(arguments)"}}}"#)
        try refuse(harness, other)
        #expect(call.answers.count == 1 && long.answers.count == 1 && harness.server.links.count == 1)
    }

    @Test("Sessions in which something was answered may be forgotten as often as it pleases")
    func usedLosses() throws {
        let harness = try ready()
        for _ in 1...5 {
            let (_, id) = try harness.call()
            try harness.onLink { $0.answer(id) }
            try harness.onLink { $0.loseSession(nil) }
            try harness.becomeReady()
        }
        #expect(harness.isReady && harness.recorder.lostSessions == 5)
    }

    @Test(
        "An error in answer to an HTTP request that is nested deeply finds its request, whatever it names",
        arguments: [#""id":null,"#, #""id":"x","#, ""])
    func deepUnnamedError(name: String) throws {
        let harness = try ready()
        let (call, id) = try harness.call()
        let deep = String(repeating: "[", count: 300) + String(repeating: "]", count: 300)
        let body = #"{"jsonrpc":"2.0",\#(name)"error":{"code":-32050,"message":"m","data":\#(deep)}}"#
        try harness.onLink { $0.receive(body, relatedTo: id) }
        #expect(call.answers.first?.errorCode?.rawValue == -32050 && call.endings == 1)
    }
}
