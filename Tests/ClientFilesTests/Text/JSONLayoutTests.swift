import ProxyConfiguration
import Testing

@testable import ClientFiles

@Suite struct JSONLayoutTests {
    @Test("What is written is read as the same value")
    func roundTrip() throws {
        let text = #"{"a":[1.50,-2e3,true,null],"b":[{"c":{}},[]],"d\"\\\n\u0001é😀":"x\ty\u007f"}"#
        let node = try document(text)
        let written = JSONLayout().text(of: node)
        #expect(compact(try document(written)) == compact(node))
        #expect(written.contains("[1.50, -2e3, true, null]"))
        #expect(written.contains(#"\u0001"#))
    }
}
