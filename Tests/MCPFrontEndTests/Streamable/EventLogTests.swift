import NIOCore
import Testing

@testable import MCPFrontEnd

@Suite struct EventLogTests {
    private func bytes(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    @Test("Events get identifiers that name their stream and place, without a gap")
    func identifiers() {
        var log = EventLog.bounded(count: 10, bytes: 1_000)
        #expect(log.append(bytes("a"), to: 0, isReceived: true).text == "0-0")
        #expect(log.append(bytes("b"), to: 3, isReceived: true).text == "3-0")
        #expect(log.nextID(for: 0).text == "0-1")
        #expect(log.append(bytes("c"), to: 0, isReceived: true).text == "0-2")
    }

    @Test(
        "Only an identifier as we write them is read",
        arguments: [
            ("0-0", true), ("12-345", true), ("", false), ("0", false), ("-", false), ("0-", false), ("-0", false),
            ("0--1", false),
            ("-1-0", false), ("a-b", false), ("0-0-0", false), ("0-99999999999999999999", false), (" 0-0", false),
            ("+0-0", false), ("0-+1", false), ("00-1", false),
        ])
    func reading(text: String, isValid: Bool) {
        #expect((EventLog.EventID(text) != nil) == isValid)
    }

    @Test("What came after an event is found on its own stream alone")
    func after() throws {
        var log = EventLog.bounded(count: 10, bytes: 1_000)
        let first = log.append(bytes("a"), to: 0, isReceived: true)
        _ = log.append(bytes("other"), to: 1, isReceived: true)
        _ = log.append(bytes("b"), to: 0, isReceived: true)
        #expect(log.entries(after: first).map { String(buffer: $0.data) } == ["b"])
        #expect(log.knows(first))
        #expect(!log.knows(.init(stream: 0, sequence: 2)))
        #expect(!log.knows(.init(stream: 9, sequence: 0)))
    }

    @Test("As many events as allowed are kept, and the oldest go first")
    func count() {
        var log = EventLog.bounded(count: 3, bytes: 1_000)
        for number in 0..<4 { _ = log.append(bytes("\(number)"), to: 0, isReceived: true) }
        #expect(log.entries(after: .init(stream: 0, sequence: -1)).map { String(buffer: $0.data) } == ["1", "2", "3"])
    }

    @Test("As many bytes as allowed are kept, and the oldest go first")
    func bytes() {
        var log = EventLog.bounded(count: 100, bytes: 10)
        _ = log.append(bytes("12345"), to: 0, isReceived: true)
        _ = log.append(bytes("12345"), to: 0, isReceived: true)
        #expect(log.entries(after: .init(stream: 0, sequence: -1)).count == 2)
        _ = log.append(bytes("x"), to: 0, isReceived: true)
        #expect(log.entries(after: .init(stream: 0, sequence: -1)).count == 2)
    }

    @Test("An event larger than the log is kept until somebody has it, within the budget of all sessions")
    func oversized() {
        let budget = ByteBudget(bytes: 150)
        var log = EventLog.bounded(count: 100, bytes: 10, budget)
        var other = EventLog.bounded(count: 100, bytes: 10, budget)
        let large = bytes(String(repeating: "y", count: 100))
        let start = EventLog.EventID(stream: 1, sequence: -1)
        _ = log.append(large, to: 1, isReceived: true)
        #expect(log.entries(after: start).isEmpty, "whoever listens has it already")
        _ = log.append(large, to: 1, isReceived: false)
        #expect(log.entries(after: start).map(\.data.readableBytes) == [100])
        _ = other.append(large, to: 1, isReceived: false)
        #expect(other.entries(after: start).isEmpty, "the budget is used up")
        log.releaseOversized(of: 1)
        #expect(log.entries(after: start).isEmpty)
        _ = other.append(large, to: 1, isReceived: false)
        #expect(other.entries(after: start).count == 1, "the budget is free again")
    }

    @Test("An identifier is never given twice, however many streams come and go")
    func unique() {
        var log = EventLog.bounded(count: 4, bytes: 1_000)
        var seen: Set<String> = []
        let early = 1
        #expect(seen.insert(log.append(bytes("early"), to: early, isReceived: true).text).inserted)
        for stream in 2..<100 {
            #expect(seen.insert(log.append(bytes("x"), to: stream, isReceived: true).text).inserted)
        }
        #expect(
            seen.insert(log.append(bytes("late"), to: early, isReceived: true).text).inserted,
            "a long call that says little")
    }

    @Test("A log whose client is away keeps the newest few bytes, and as much as ever when the client is back")
    func away() {
        let budget = ByteBudget(bytes: 100)
        var log = EventLog.bounded(count: 100, bytes: 100, away: 10, budget)
        let start = EventLog.EventID(stream: 0, sequence: -1)
        for text in ["aaaaa", "bbbbb", "ccccc"] { _ = log.append(bytes(text), to: 0, isReceived: true) }
        log.clientIsAway()
        #expect(log.entries(after: start).map { String(buffer: $0.data) } == ["bbbbb", "ccccc"])
        #expect(budget.reserve(90), "only what is kept is counted")
        budget.release(90)
        _ = log.append(bytes("ddddd"), to: 0, isReceived: false)
        #expect(log.entries(after: start).map { String(buffer: $0.data) } == ["ccccc", "ddddd"])
        _ = log.append(bytes(String(repeating: "e", count: 50)), to: 0, isReceived: false)
        #expect(log.entries(after: start).count == 3, "an answer that nobody has is kept as long as there is room")
        log.clientIsBack()
        _ = log.append(bytes("fffff"), to: 0, isReceived: true)
        #expect(log.entries(after: start).count == 4)
    }

    @Test("A stream that is over is forgotten with its last event, also when that was a large one")
    func forgotten() {
        var log = EventLog.bounded(count: 100, bytes: 10)
        let id = log.append(bytes(String(repeating: "y", count: 100)), to: 1, isReceived: false)
        log.finish(1)
        #expect(log.knows(id))
        log.releaseOversized(of: 1)
        #expect(!log.knows(id))
    }

    @Test("All logs together keep no more than one budget, and give it back at their end")
    func together() {
        let budget = ByteBudget(bytes: 20)
        let start = EventLog.EventID(stream: 0, sequence: -1)
        var log = EventLog.bounded(count: 100, bytes: 100, budget)
        var other = EventLog.bounded(count: 100, bytes: 100, budget)
        _ = other.append(bytes("12345"), to: 0, isReceived: true)
        for text in ["aaaaa", "bbbbb", "ccccc", "ddddd"] { _ = log.append(bytes(text), to: 0, isReceived: true) }
        #expect(log.entries(after: start).map { String(buffer: $0.data) } == ["bbbbb", "ccccc", "ddddd"])
        #expect(other.entries(after: start).count == 1, "nobody else has to give way")
        let large = other.append(bytes(String(repeating: "x", count: 16)), to: 0, isReceived: true)
        #expect(other.entries(after: start).isEmpty)
        #expect(other.knows(large), "an event that is not kept has its identifier all the same")
        log.removeAll()
        #expect(budget.reserve(20))
    }
}

extension EventLog {
    fileprivate static func bounded(
        count: Int, bytes: Int, away: Int = 1_000, _ budget: ByteBudget = ByteBudget(bytes: 1_000)
    ) -> EventLog {
        EventLog(maximumCount: count, maximumBytes: bytes, maximumBytesAway: away, budget: budget)
    }
}
