import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct BatchTests {
    private func split(_ text: String, maximumCount: Int = 3, maximumDepth: Int = 8) throws(MessageError) -> [String] {
        try Batch.split(ByteBuffer(string: text), maximumCount: maximumCount, maximumDepth: maximumDepth).map(\.text)
    }

    @Test(
        "A batch is told by its first character that is no white space",
        arguments: [("[]", true), (" \t\r\n[", true), ("{}", false), ("", false), ("  ", false), ("\"[\"", false)])
    func isBatch(text: String, expected: Bool) {
        #expect(Batch.isBatch(ByteBuffer(string: text)) == expected)
    }

    @Test("The messages of a batch come out as they were written")
    func splits() throws {
        #expect(try split(#" [ {"a": 1} , 2,"x"] "#) == [#"{"a": 1}"#, "2", #""x""#])
    }

    @Test("An empty batch is refused")
    func empty() {
        #expect(throws: MessageError.self) { try split("[ ]") }
    }

    @Test("A batch may hold as many messages as allowed, and not one more")
    func count() throws {
        #expect(try split("[1,2,3]").count == 3)
        #expect { try split("[1,2,3,4]") } throws: { ($0 as? MessageError)?.code == .invalid }
    }

    @Test("A batch is as strict as a message", arguments: ["[1", "[1,]", "[1]x", "[[[[[[[[[]]]]]]]]]"])
    func malformed(text: String) {
        #expect { try split(text) } throws: { ($0 as? MessageError)?.code == .malformed }
    }

    @Test("A name that comes twice in one of its messages makes a batch invalid")
    func duplicates() {
        #expect { try split(#"[{"a":1,"a":2}]"#) } throws: { ($0 as? MessageError)?.code == .invalid }
    }
}
