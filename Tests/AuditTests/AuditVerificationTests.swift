import Audit
import NIOCore
import Testing

@Suite struct AuditVerificationTests {
    /// Lines as a run writes them.
    private static func lines(_ count: Int) -> [[UInt8]] {
        var chain = AuditChain()
        return (0..<count).map { number in
            let event = number == 0 ? #""event":"start","torn":0"# : #""event":"call","tool":"t\#(number)""#
            return chain.line(#"{"time":"2026-11-30T00:00:00.000Z",\#(event)}"#)
        }
    }

    /// What is found, as `line: words`, and whether it is a fault.
    private static func findings(_ lines: [[UInt8]], isWhole: Bool = true) -> [String] {
        var verification = AuditVerification()
        for (place, line) in lines.enumerated() {
            verification.take(line[...], isWhole: isWhole || place < lines.count - 1, at: ("f", place + 1))
        }
        verification.end()
        return verification.findings.map { "\($0.line)\($0.isFault ? "!" : ""): \($0.words.prefix(23))" }
    }

    @Test("What was written is in order, and is counted")
    func order() {
        var verification = AuditVerification()
        for line in Self.lines(5) { verification.take(line[...], at: ("f", 1)) }
        verification.end()
        #expect(verification.findings.isEmpty)
        #expect(verification.count == 5 && verification.first == 1 && verification.last?.number == 5)
    }

    @Test("Later files may be looked at alone")
    func later() {
        #expect(Self.findings(Array(Self.lines(5).dropFirst(2))).isEmpty)
    }

    @Test("Every byte that is changed is found where it was", arguments: [1, 2, 4])
    func changed(line: Int) {
        let lines = Self.lines(6)
        for place in lines[line].indices {
            var other = lines
            other[line][place] ^= 1
            #expect(Self.findings(other) == ["\(line + 1)!: the line was changed"], "byte \(place)")
        }
    }

    @Test("Every byte of the last line that is changed is found, where the line has its end")
    func changedLast() {
        let lines = Self.lines(3)
        for place in lines[2].indices {
            var other = lines
            other[2][place] ^= 1
            #expect(Self.findings(other) == ["3!: the last line was chang"], "byte \(place)")
        }
    }

    @Test("A line that was taken out, put in twice or moved is found")
    func moved() {
        let lines = Self.lines(6)
        var without = lines
        without.remove(at: 3)
        #expect(Self.findings(without) == ["4!: line number 4 is missin"])
        var twice = lines
        twice.insert(lines[2], at: 4)
        #expect(Self.findings(twice) == ["5!: line number 3 stands wh"])
        var swapped = lines
        swapped.swapAt(2, 3)
        #expect(Self.findings(swapped) == ["3!: line number 3 is missin", "4!: line number 3 stands wh"])
    }

    @Test("A line that was made anew with its hash does not fit to the next")
    func forged() {
        var chain = AuditChain()
        var lines = Self.lines(4)
        _ = chain.line(#"{"a":1}"#)
        lines[1] = chain.line(#"{"event":"call"}"#)
        #expect(Self.findings(lines).contains { $0.hasPrefix("2!: the line before this") })
    }

    @Test("What a killed run could not write to its end is known where the next run tells of it")
    func torn() {
        var chain = AuditChain()
        func line(_ event: String) -> [UInt8] {
            chain.line(#"{"time":"x",\#(event)}"#)
        }
        let first = line(#""event":"start","torn":0"#)
        let half = Array(#"{"seq":2,"ti"#.utf8)
        let next = line(#""event":"start","torn":\#(half.count + 1)"#)
        #expect(Self.findings([first, half, next]) == ["2: 13 bytes of a line that"])
        #expect(Self.findings([first, half + [0x20], next]) == ["2!: the line was changed"])
        // What is torn is no more than one line.
        let two = [Array(half.prefix(6)), Array(half.dropFirst(7))]
        #expect(
            Self.findings([first] + two + [next]) == ["2!: the line was changed", "3!: the line was changed"])
        #expect(Self.findings([first, half], isWhole: false) == ["2: the last line is torn: "])
    }

    @Test("A first line that hides others is found")
    func beginning() {
        var chain = AuditChain()
        _ = chain.line(#"{"a":1}"#)
        let line = String(decoding: chain.line(#"{"a":1}"#), as: UTF8.self)
        #expect(Self.findings([Array(line.utf8)]).isEmpty)
        #expect(Self.findings([Array(line.replacing("\"seq\":2", with: "\"seq\":1").utf8)]).count == 1)
    }
}

extension AuditChain {
    /// Returns the next line, without its end.
    fileprivate mutating func line(_ object: String) -> [UInt8] {
        var lines = ByteBuffer()
        append(ByteBuffer(string: object), to: &lines)
        return Array(lines.readableBytesView.dropLast())
    }
}
