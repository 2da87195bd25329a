import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct ToolHeaderMarksSearchTests {
    private func mayHave(_ text: String) -> Bool {
        ToolHeaderMarks.mayHaveMarks(ByteBuffer(string: text))
    }

    @Test("The name is found wherever it stands")
    func found() {
        for before in 0..<20 {
            for after in 0..<10 {
                let text = String(repeating: "x", count: before) + "x-mcp-header" + String(repeating: "-", count: after)
                #expect(mayHave(text), "\(before) before, \(after) after")
                #expect(!mayHave(text.replacing("x-mcp-header", with: "x-mcp-heade_")))
            }
        }
    }

    @Test(
        "A name that is written with escapes is found",
        arguments: [
            #"{"\u0078-mcp-header":1}"#, #"{"x\u002dmcp-header":1}"#, #"{"x\u002Dmcp-header":1}"#,
            #"{"x-mcp-heade\u0072":1}"#,
            #"{"\u0078\u002d\u006d\u0063\u0070\u002d\u0068\u0065\u0061\u0064\u0065\u0072":1}"#,
        ])
    func escaped(text: String) {
        #expect(mayHave(text))
    }

    @Test(
        "Near misses and escapes of other characters do not count",
        arguments: [
            "", "x", "x-mcp-heade", "X-MCP-HEADER", "x-mcp_header", "\\", "\\u", "\\u00", "\\u002",
            #"\u003c\u003e\u0026"#,
            #"\u00e9\u2028\ud83d\ude00"#, #"\n\t\"\\"#, #"\u0178"#, #"\u1078"#, "xxxxxxxxxxxxxxxxxxxx",
        ])
    func missed(text: String) {
        #expect(!mayHave(text))
    }

    @Test("Only the readable bytes of a buffer are looked at")
    func readable() {
        var buffer = ByteBuffer(string: "x-mcp-header and more")
        #expect(ToolHeaderMarks.mayHaveMarks(buffer))
        buffer.moveReaderIndex(forwardBy: 1)
        #expect(!ToolHeaderMarks.mayHaveMarks(buffer))
    }

    @Test("Random bytes are judged as a plain search judges them")
    func random() {
        var random = SeededGenerator(seed: 12)
        let pieces = [
            "x", "-", "mcp", "-header", "x-mcp-", "header", "\\", "\\\\", "x-mcp-header", "q", "\u{80}", "\u{F8}",
        ]
        for _ in 0..<3_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                pieces[Int.random(in: 0..<pieces.count, using: &random)]
            }.joined()
            #expect(mayHave(text) == text.utf8.contains("x-mcp-header".utf8), "\(text)")
        }
    }
}
