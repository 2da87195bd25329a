import MCPCore
import MCPTestSupport
import MCPUpstream
import MCPValues
import NIOCore
import Testing
import ToolPins

@testable import MCPGateway

/// When lists are read again, and what happens to calls meanwhile.
@Suite struct PinTimingTests {
    /// Says that the list has changed, long after that was said before.
    private func tell(_ harness: MergedHarness, on link: ScriptedLink? = nil) throws {
        let link = try link ?? harness["git"].script.link
        for seconds in [10, 10] as [Int64] {
            for eventLoop in [harness.clients, harness.upstreams] { eventLoop.advance(by: .seconds(seconds)) }
            harness.upstreams.perform { link.receive(PinTexts.changed) }
            harness.settle()
        }
    }

    private func count(_ harness: MergedHarness, _ method: MCPCore.Method) -> Int {
        harness["git"].script.links.reduce(0) { $0 + $1.requests(method).count }
    }

    private func call(_ client: MergedClient, _ name: String = "status", id: String = "1") throws -> ReplyRecorder {
        try client.call("tools/call", #"{"name":"\#(name)"}"#, id: id)
    }

    @Test("A call that has waited for its turn is asked about once more when that comes")
    func turn() throws {
        for mode in [PinMode.quarantine, .block] {
            let harness = MergedHarness.pinned(mode, callsInFlight: 1)
            let client = try harness.open(at: harness.own("git"))
            _ = try call(client, "log", id: "1")
            let waiting = try call(client, id: "2")
            #expect(waiting.answers.isEmpty)
            harness.show(PinTexts.other)
            let link = try harness.last("git", .toolsCall).link
            harness.upstreams.perform { link.receive(PinTexts.changed) }
            try harness.answers("git", .toolsCall, "{}")
            #expect(try waiting.refusal().code == -31_008, "\(mode)")
            #expect(count(harness, .toolsCall) == 1)
        }
    }

    @Test("A list that has changed while it was read is read once more before it counts")
    func changesMeanwhile() throws {
        let harness = MergedHarness.pinned(.quarantine)
        let client = try harness.open(at: harness.own("git"))
        harness["git"].hanging = [ByteText("tools")]
        try harness.says("git", PinTexts.changed)
        let waiting = try call(client)
        try harness.says("git", PinTexts.changed)
        harness.show(PinTexts.other)
        let old = #"{"tools":[\#(PinTexts.approved),\#(PinTexts.log)]}"#
        for link in harness["git"].script.links {
            for sent in link.requests(.toolsList) where sent.id != nil {
                harness.upstreams.perform { link.answer(sent.id ?? 0, result: old) }
            }
        }
        harness["git"].hanging = []
        harness.settle()
        #expect(try waiting.refusal().code == -31_008)
    }

    @Test("A tool that has changed and is gone from the list stays withheld until it is listed as it was approved")
    func vanished() throws {
        for mode in [PinMode.quarantine, .block] {
            let harness = MergedHarness.pinned(mode)
            let client = try harness.open(at: harness.own("git"))
            harness.show(PinTexts.other)
            try harness.says("git", PinTexts.changed)
            #expect(try call(client).refusal().code == -31_008)
            harness.show(nil)
            try tell(harness)
            #expect(harness.pins.report.changes.isEmpty)
            let refused = try call(client, id: "2").refusal()
            #expect(refused.code == -31_008 && refused.words.contains("not listed now"), "\(mode)")
            // Nor by who has not seen it changed.
            let other = try harness.open(.anonymous, version: "2025-06-18", capabilities: "{}", at: harness.own("git"))
            #expect(try call(other).refusal().code == -31_008, "\(mode)")
            #expect(harness.pins.gone.map(\.name.text) == ["status"])
            _ = try call(client, "log", id: "3")
            #expect(count(harness, .toolsCall) == 1)
            try harness.answers("git", .toolsCall, "{}")
            harness.show(PinTexts.approved)
            try tell(harness)
            _ = try call(client, id: "4")
            #expect(count(harness, .toolsCall) == 2)
        }
    }

    @Test("What has changed and is gone is released by an approval of its name")
    func released() throws {
        let harness = MergedHarness.pinned(.quarantine)
        let client = try harness.open(at: harness.own("git"))
        harness.show(PinTexts.other)
        try harness.says("git", PinTexts.changed)
        _ = try call(client)
        harness.show(nil)
        try tell(harness)
        _ = try call(client, id: "2")
        #expect(harness.pins.approve([PinnedName(.tool, ByteText("status"))]).isEmpty)
        #expect(harness.pins.gone.isEmpty)
        _ = try call(client, id: "3")
        #expect(count(harness, .toolsCall) == 1)
    }

    @Test("Who names a definition releases nothing that is gone")
    func notReleased() throws {
        let harness = MergedHarness.pinned(.quarantine)
        let client = try harness.open(at: harness.own("git"))
        harness.show(PinTexts.other)
        try harness.says("git", PinTexts.changed)
        _ = try call(client)
        let digests = Set(harness.pins.report.changes.map(\.definition.digest))
        harness.show(nil)
        try tell(harness)
        _ = try call(client, id: "2")
        for subjects in [nil, [PinnedName(.tool, ByteText("status"))]] as [Set<PinnedName>?] {
            #expect(harness.pins.approve(subjects, digests).isEmpty)
            #expect(try call(client, id: "3").refusal().code == -31_008)
        }
    }

    @Test("After a change was taken back, whoever sees what was approved may call it, whoever else has not looked")
    func rolledBack() throws {
        let harness = MergedHarness.pinned(.quarantine, isolation: .session)
        let first = try harness.open(at: harness.own("git"))
        _ = try first.names()
        harness.show(PinTexts.other)
        _ = try first.names()
        #expect(try call(first, id: "2").refusal().code == -31_008)
        harness.show(PinTexts.approved)
        for number in 0..<3 {
            let next = try harness.open(.anonymous, named: "c\(number)", at: harness.own("git"))
            #expect(try next.names() == ["status", "log"])
            _ = try call(next, id: "5")
            #expect(count(harness, .toolsCall) == number + 1)
        }
    }

    @Test("A server that is blocked is looked at again when somebody asks, whatever it has not said")
    func silentRollback() throws {
        let harness = MergedHarness.pinned(.block, isolation: .session)
        let client = try harness.open(at: harness.own("git"))
        _ = try call(client)
        try harness.answers("git", .toolsCall, "{}")
        harness.show(PinTexts.other)
        _ = try client.names()
        #expect(harness.pins.report.changes.count == 1)
        harness.show(PinTexts.approved)
        _ = try call(client, id: "3")
        for eventLoop in [harness.clients, harness.upstreams] { eventLoop.advance(by: .seconds(6)) }
        harness.settle()
        #expect(harness.pins.report.changes.isEmpty)
        #expect(try call(client, id: "4").answers.isEmpty, "it is called")
    }

    @Test("Who has seen what was approved may call it, although others show something else")
    func partlyApproved() throws {
        let harness = MergedHarness.pinned(.quarantine, isolation: .session)
        let first = try harness.open(at: harness.own("git"))
        let second = try harness.open(.anonymous, named: "d", at: harness.own("git"))
        harness.show(PinTexts.other)
        _ = try first.names()
        let digest = try #require(harness.pins.report.changes.first?.definition.digest)
        harness.show(PinTexts.other.replacing("files", with: "letters"))
        _ = try second.names()
        #expect(harness.pins.approve(nil, [digest]).count == 1)
        harness.show(PinTexts.other)
        _ = try call(first)
        #expect(count(harness, .toolsCall) == 1)
        #expect(try call(second).refusal().code == -31_008)
    }

    @Test("A server that says with each list that it has changed is called after the second")
    func alwaysChanging() throws {
        for era in [Era.legacy, .modern] {
            let harness = MergedHarness.pinned(.quarantine, era)
            let client = try harness.open(at: harness.own("git"))
            harness["git"].announces = PinTexts.changed
            try tell(harness)
            let before = count(harness, .toolsList)
            _ = try call(client)
            #expect(count(harness, .toolsCall) == 1, "\(era)")
            #expect(count(harness, .toolsList) <= before + 2, "\(era)")
        }
    }

    @Test("What is approved of a tool that is gone elsewhere is withheld nowhere")
    func vanishedAndApproved() throws {
        let harness = MergedHarness.pinned(.quarantine)
        harness.show(PinTexts.other)
        try harness.says("git", PinTexts.changed)
        #expect(harness.pins.approve(nil).count == 1)
        harness.show(nil)
        try harness.says("git", PinTexts.changed)
        let client = try harness.open(at: harness.own("git"))
        _ = try call(client)
        #expect(count(harness, .toolsCall) == 1)
    }

    @Test("After a refusal for header fields the tools have to be read before the call goes out again")
    func headerMismatch() throws {
        let harness = MergedHarness.pinned(.quarantine, .modern)
        let client = try harness.open(at: harness.own("git"))
        let called = try call(client)
        harness["git"].failing = [ByteText("tools")]
        try harness.refuses("git", .toolsCall, code: -32_020)
        #expect(try called.refusal().code == -31_008)
        #expect(count(harness, .toolsCall) == 1)
    }

    @Test("What has changed back is called again, also where the server cannot say so")
    func takenBack() throws {
        for mode in [PinMode.quarantine, .block] {
            let harness = MergedHarness.pinned(mode, isolation: .session)
            let client = try harness.open(at: harness.own("git"))
            _ = try call(client)
            try harness.answers("git", .toolsCall, "{}")
            harness.show(PinTexts.other)
            let all = harness["git"].script.links
            harness.upstreams.perform { all[0].receive(PinTexts.changed) }
            harness.settle()
            #expect(try call(client, id: "2").refusal().code == -31_008, "\(mode)")
            harness.show(PinTexts.approved)
            try tell(harness, on: all[0])
            #expect(harness.pins.report.changes.isEmpty, "\(mode)")
            _ = try call(client, id: "3")
            #expect(count(harness, .toolsCall) == 2, "\(mode)")
        }
    }

    @Test("A list that was lost once is asked for again, and one that a client has seen whole counts")
    func lostOnce() throws {
        for isSeen in [true, false] {
            let harness = MergedHarness.pinned(.quarantine)
            let client = try harness.open(at: harness.own("git"))
            harness["git"].hanging = [ByteText("tools")]
            try harness.says("git", PinTexts.changed)
            let first = try call(client)
            harness.upstreams.advance(by: .seconds(20))
            harness.settle()
            #expect(try first.refusal().code == -31_008)
            #expect(!harness.pins.unread.isEmpty)
            // The answer is lost; all later ones come.
            for link in harness["git"].script.links { harness["git"].forget(link) }
            harness["git"].hanging = []
            if isSeen {
                #expect(try client.names() == ["status", "log"])
            } else {
                harness.upstreams.advance(by: .seconds(6))
            }
            _ = try call(client, id: "2")
            #expect(count(harness, .toolsCall) == 1, "\(isSeen)")
            #expect(harness.pins.unread.isEmpty)
        }
    }

    @Test("A definition that is another one each time is told once, and makes other lists old once")
    func restless() throws {
        let harness = MergedHarness.pinned(.quarantine, isolation: .session)
        let client = try harness.open(at: harness.own("git"))
        _ = try call(client, "log", id: "0")
        try harness.answers("git", .toolsCall, "{}")
        let first = harness["git"].script.links[0]
        func changes(to time: Int) throws {
            harness.show(PinTexts.other.replacing("files", with: "files at \(time)"))
            try tell(harness, on: first)
        }
        try changes(to: 0)
        let edition = harness.pins.gate.edition(ofDeaf: false)
        for time in 1...5 { try changes(to: time) }
        #expect(harness.pins.gate.edition(ofDeaf: false) == edition)
        #expect(harness.pins.report.changes.count == 1)
    }

    @Test("With block the wait for one list is that for the other")
    func bothHang() throws {
        let harness = MergedHarness.pinned(.block)
        let client = try harness.open(at: harness.own("git"))
        harness["git"].hanging = [ByteText("tools"), ByteText("prompts")]
        try harness.says("git", PinTexts.changed)
        let called = try call(client)
        harness.upstreams.advance(by: .seconds(20))
        harness.settle()
        #expect(try called.refusal().code == -31_008)
    }
}
