import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct RequestIDTests {
    private func id(_ text: String) -> RequestID {
        RequestID(ByteBuffer(string: text), 0..<text.utf8.count)
    }

    @Test(
        "Every identifier is written as it was read",
        arguments: [
            "0", "-0", "1", "-1", "007", "1.0", "1e400", "9007199254740993", "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808", "12345678901234567890123", #""""#, #""1""#, #""\u0031""#, #""é""#, "\"e\u{301}\"",
        ])
    func roundTrip(text: String) {
        var buffer = ByteBuffer()
        buffer.writeRequestID(id(text))
        #expect(buffer.text == text)
        #expect(id(text).description == text)
    }

    @Test("Identifiers of different type or spelling are different")
    func different() {
        let all = [#"1"#, #""1""#, "1.0", "1e0", #""\u0031""#, "\"é\"", "\"e\u{301}\"", "-0", "0"].map(id)
        #expect(Set(all).count == all.count)
    }

    @Test("Equal spellings are equal and hash alike")
    func equal() {
        #expect(id("7") == .integer(7))
        #expect(Set([id(#""a""#), id(#""a""#)]).count == 1)
    }
}
