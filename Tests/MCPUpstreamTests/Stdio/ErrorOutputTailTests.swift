import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct ErrorOutputTailTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func tail(_ text: String, capacity: Int = 3) -> ErrorOutputTail {
        var tail = ErrorOutputTail(capacity: capacity)
        tail.append(ByteBuffer(string: text), now: Self.start)
        tail.finish()
        return tail
    }

    @Test("The last lines are kept, oldest first")
    func last() {
        #expect(tail("1\n2\n3\n4\n5").last == ["3", "4", "5"])
        #expect(tail((0..<1_000).map(String.init).joined(separator: "\n")).last == ["997", "998", "999"])
    }

    @Test("Memory does not grow with the number of lines or their length")
    func bounded() {
        let flood = tail(String(repeating: "x\n", count: 100_000))
        #expect(flood.lines.count <= 6)
        #expect(tail(String(repeating: "y", count: 1 << 20)).last.map(\.utf8.count) == [1_024])
    }

    @Test("Control characters and broken UTF-8 are replaced, tabs stay")
    func printable() {
        #expect(tail("a\tb\u{1B}[0m\u{7F}\u{9B}c").last == ["a\tb\\u{1b}[0m\\u{7f}\\u{9b}c"])
        var broken = ErrorOutputTail(capacity: 3)
        broken.append(ByteBuffer(bytes: [0x61, 0xFF, 0x0A]), now: Self.start)
        #expect(broken.last == ["a\u{FFFD}"])
    }

    @Test("Empty lines are left out")
    func empty() {
        #expect(tail("\n\n  \n\t\na\n\n").last == ["a"])
    }

    // MARK: Floods (issue 12, item g)

    /// Keeps what is passed on.
    private final class Heard: @unchecked Sendable {
        var lines: [String] = []
    }

    private func number(_ range: Range<Int>) -> ByteBuffer {
        ByteBuffer(string: range.map { "line \($0)\n" }.joined())
    }

    @Test("Of a flood so many lines a second are passed on, the rest is counted, and the end is whole")
    func flood() {
        let heard = Heard()
        var tail = ErrorOutputTail(capacity: 10) { heard.lines.append($0) }
        for start in stride(from: 0, to: 100_000, by: 1_000) {
            tail.append(number(start..<(start + 1_000)), now: Self.start)
        }
        #expect(heard.lines.count == ErrorOutputTail.linesPerSecond)
        #expect(tail.heldUntil == Self.start + .seconds(1))
        tail.release(now: Self.start + .seconds(1))
        #expect(heard.lines.count == ErrorOutputTail.linesPerSecond + 11)
        #expect(
            heard.lines.last
                == "[99490 lines before the last 10 were left out: it writes more than 500 in a second]")
        #expect(tail.last == (99_990..<100_000).map { "line \($0)" })
        #expect(tail.heldUntil == nil)
    }

    @Test("A line that is cut by the end of a second's share is whole when nothing was left out")
    func acrossSeconds() {
        var tail = ErrorOutputTail(capacity: 600)
        tail.append(number(0..<500), now: Self.start)
        tail.append(ByteBuffer(string: "he"), now: Self.start)
        tail.append(ByteBuffer(string: "llo\nwor"), now: Self.start)
        tail.release(now: Self.start + .seconds(1))
        tail.append(ByteBuffer(string: "ld\n"), now: Self.start + .seconds(2))
        #expect(tail.last.suffix(2) == ["hello", "world"])
        #expect(tail.last.count == 502)
    }

    @Test("A flood without a line feed costs no memory, and the next line after it is read")
    func endlessLine() {
        var tail = ErrorOutputTail(capacity: 3)
        for _ in 0..<1_000 { tail.append(ByteBuffer(repeating: 0x78, count: 64 << 10), now: Self.start) }
        tail.append(ByteBuffer(string: "\nnext\n"), now: Self.start)
        tail.release(now: Self.start + .seconds(1))
        #expect(tail.last.last == "next")
    }

    @Test("The last words of a program that floods are kept when it ends")
    func lastWords() {
        var tail = ErrorOutputTail(capacity: 4)
        for start in stride(from: 0, to: 50_000, by: 100) {
            tail.append(number(start..<(start + 100)), now: Self.start)
        }
        tail.append(ByteBuffer(string: "panic"), now: Self.start)
        tail.finish()
        #expect(tail.last == ["line 49997", "line 49998", "line 49999", "panic"])
    }
}
