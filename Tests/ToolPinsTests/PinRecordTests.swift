import MCPValues
import NIOCore
import Testing

@testable import ToolPins

@Suite struct PinRecordTests {
    private let name = ByteText("t")

    private func definition(_ description: String) throws -> PinnedDefinition {
        try PinnedDefinition(tool: #"{"name":"t","description":"\#(description)"}"#)
    }

    @Test("What was accepted is, anything else of that name has changed, and other names are new")
    func verdicts() throws {
        var record = PinRecord()
        let (first, second) = (try definition("a"), try definition("b"))
        #expect(record.verdict(.tool, name, first.digest) == .new)
        let isTaken1 = record.accept(.tool, name, first, replacing: false)
        #expect(isTaken1)
        #expect(record.verdict(.tool, name, first.digest) == .accepted)
        #expect(record.verdict(.tool, name, second.digest) == .changed)
        #expect(record.verdict(.tool, ByteText("T"), first.digest) == .new)
        #expect(record.verdict(.prompt, name, first.digest) == .new)
        #expect(record.accepted(.tool, name) == [first])
        #expect(record.accepted(.prompt, name).isEmpty)
    }

    @Test("Names that only look alike are different")
    func bytes() throws {
        var record = PinRecord()
        record.accept(.tool, ByteText("\u{E9}"), try definition("a"), replacing: false)
        #expect(record.verdict(.tool, ByteText("e\u{301}"), try definition("a").digest) == .new)
    }

    @Test("A list is established once it was seen whole, for its kind alone")
    func established() throws {
        var record = PinRecord()
        record.accept(.tool, name, try definition("a"), replacing: false)
        #expect(!record.isEstablished(.tool))
        record.establish(.tool)
        #expect(record.isEstablished(.tool))
        #expect(!record.isEstablished(.prompt))
    }

    @Test("Several definitions count side by side, newest first, and a ninth does not push out one that is in use")
    func several() throws {
        var record = PinRecord()
        let all = try (0..<10).map { try definition("\($0)") }
        let isAccepted = all.map { record.accept(.tool, name, $0, replacing: false) }
        #expect(isAccepted == Array(repeating: true, count: 8) + [false, false])
        #expect(record.accepted(.tool, name) == all.prefix(8).reversed())
        #expect(record.verdict(.tool, name, all[8].digest) == .changed)
        #expect(record.verdict(.tool, name, all[0].digest) == .accepted)
        record.accept(.tool, name, all[4], replacing: false)
        #expect(record.accepted(.tool, name).count == 8)
        #expect(
            record.accepted(.tool, name).first == all[4], "once more accepted, it is the newest and not there twice")
    }

    @Test("What replaces the others counts alone")
    func replacing() throws {
        var record = PinRecord()
        record.accept(.tool, name, try definition("a"), replacing: false)
        record.accept(.tool, name, try definition("b"), replacing: true)
        #expect(record.verdict(.tool, name, try definition("a").digest) == .changed)
        #expect(record.accepted(.tool, name) == [try definition("b")])
    }

    @Test("A record that is full takes no more names, and what would be new counts as changed")
    func fullOfNames() throws {
        var record = PinRecord()
        let definition = try definition("a")
        for index in 0..<PinRecord.maximumNames {
            #expect(record.verdict(.tool, ByteText("\(index)"), definition.digest) == .new)
            record.accept(.tool, ByteText("\(index)"), definition, replacing: false)
        }
        #expect(record.verdict(.tool, name, definition.digest) == .changed)
        let isTaken2 = record.accept(.tool, name, definition, replacing: false)
        #expect(!isTaken2)
        #expect(record.accepted(.tool, name).isEmpty)
        #expect(record.verdict(.tool, ByteText("1"), definition.digest) == .accepted)
        let isTaken3 = record.accept(.tool, ByteText("1"), try self.definition("b"), replacing: true)
        #expect(isTaken3)
    }

    @Test("A record that is full of bytes takes no more, and what would be new counts as changed")
    func fullOfBytes() throws {
        var record = PinRecord()
        let filler = String(repeating: "x", count: 200 << 10)
        var count = 0
        while record.verdict(.tool, ByteText("\(count)"), try definition("a").digest) == .new, count < 1_000 {
            let isTaken4 = record.accept(
                .tool, ByteText("\(count)"), try definition("\(count)\(filler)"), replacing: false)
            #expect(isTaken4)
            count += 1
        }
        #expect((100..<1_000).contains(count))
        let isTaken5 = record.accept(.tool, name, try definition("a"), replacing: false)
        #expect(!isTaken5)
        let isTaken6 = record.accept(.tool, ByteText("0"), try definition("a"), replacing: true)
        #expect(isTaken6, "less than before fits in")
        #expect(record.verdict(.tool, name, try definition("a").digest) == .new)
    }

    @Test("Of a name that has changed here that counts, of any other what others have approved meanwhile")
    func merged() throws {
        let names = ["here", "there", "both", "gone here", "gone there", "new here", "new there"].map { ByteText($0) }
        let (old, own, other) = (try definition("a"), try definition("b"), try definition("c"))
        func record(_ definitions: [PinnedDefinition?]) -> PinRecord {
            var record = PinRecord()
            for (name, definition) in zip(names, definitions) {
                if let definition { record.accept(.tool, name, definition, replacing: true) }
            }
            return record
        }
        let before = record([old, old, old, old, old, nil, nil])
        var here = record([own, old, own, nil, old, own, nil])
        here.establish(.prompt)
        var there = record([old, other, other, old, nil, nil, other])
        there.establish(.tool)
        var merged = record([own, other, own, nil, nil, own, other])
        for kind in PinKind.allCases { merged.establish(kind) }
        #expect(here.merged(into: there, since: before) == merged)
    }

    @Test("A record that is full says of what")
    func fullness() throws {
        var record = PinRecord()
        for number in 0..<PinRecord.maximumNames {
            #expect(record.fullness(.tool) == nil)
            record.accept(.tool, ByteText("\(number)"), try definition("a"), replacing: false)
        }
        #expect(record.fullness(.tool)?.contains("as many tools are known as are kept of a server (10000)") == true)
        #expect(record.fullness(.prompt) == nil)
    }
}
