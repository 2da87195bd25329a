import NIOCore
import Testing

@testable import MCPFrontEnd

@Suite struct EventLogTests {
    private func bytes(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

    @Test("Events get identifiers that name their stream and place, without a gap")
    func identifiers() {
        var log = EventLog(maximumCount: 10, maximumBytes: 1_000)
        #expect(log.append(bytes("a"), to: 0).text == "0-0")
        #expect(log.append(bytes("b"), to: 3).text == "3-0")
        #expect(log.nextID(for: 0).text == "0-1")
        #expect(log.append(bytes("c"), to: 0).text == "0-2")
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
        var log = EventLog(maximumCount: 10, maximumBytes: 1_000)
        let first = log.append(bytes("a"), to: 0)
        _ = log.append(bytes("other"), to: 1)
        _ = log.append(bytes("b"), to: 0)
        #expect(log.entries(after: first).map { String(buffer: $0.data) } == ["b"])
        #expect(log.knows(first))
        #expect(!log.knows(.init(stream: 0, sequence: 2)))
        #expect(!log.knows(.init(stream: 9, sequence: 0)))
    }

    @Test("As many events as allowed are kept, and the oldest go first")
    func count() {
        var log = EventLog(maximumCount: 3, maximumBytes: 1_000)
        for number in 0..<4 { _ = log.append(bytes("\(number)"), to: 0) }
        #expect(log.entries(after: .init(stream: 0, sequence: -1)).map { String(buffer: $0.data) } == ["1", "2", "3"])
    }

    @Test("As many bytes as allowed are kept, but always the last event")
    func bytes() {
        var log = EventLog(maximumCount: 100, maximumBytes: 10)
        _ = log.append(bytes("12345"), to: 0)
        _ = log.append(bytes("12345"), to: 0)
        #expect(log.entries(after: .init(stream: 0, sequence: -1)).count == 2)
        _ = log.append(bytes("x"), to: 0)
        #expect(log.entries(after: .init(stream: 0, sequence: -1)).count == 2)
        _ = log.append(bytes(String(repeating: "y", count: 100)), to: 0)
        #expect(log.entries(after: .init(stream: 0, sequence: -1)).map(\.data.readableBytes) == [100])
    }

    @Test("An identifier is never given twice, however many streams come and go")
    func unique() {
        var log = EventLog(maximumCount: 4, maximumBytes: 1_000)
        var seen: Set<String> = []
        let early = 1
        #expect(seen.insert(log.append(bytes("early"), to: early).text).inserted)
        for stream in 2..<100 { #expect(seen.insert(log.append(bytes("x"), to: stream).text).inserted) }
        #expect(seen.insert(log.append(bytes("late"), to: early).text).inserted, "a long call that says little")
    }
}
