import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct ErrorOutputTailTests {
    private func tail(_ text: String, capacity: Int = 3) -> ErrorOutputTail {
        var tail = ErrorOutputTail(capacity: capacity)
        tail.append(ByteBuffer(string: text))
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
        broken.append(ByteBuffer(bytes: [0x61, 0xFF, 0x0A]))
        #expect(broken.last == ["a\u{FFFD}"])
    }

    @Test("Empty lines are left out")
    func empty() {
        #expect(tail("\n\n  \n\t\na\n\n").last == ["a"])
    }
}
