import Testing

@testable import MCPCore

@Suite struct Base64URLTests {
    @Test("Every number of bytes is read back from its one spelling")
    func roundTrip() {
        for count in 0..<80 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
            #expect(Base64.decodeURL(Base64.encodeURL(bytes).utf8) == bytes)
        }
    }

    @Test("Padding, other alphabets, surplus digits and surplus bits are refused")
    func refused() {
        for text in ["A", "AB", "AAB", "AAAAA", "AA==", "AA=", "+A", "/A", "A A", "AA\n", "é", "AAA\u{0}"] {
            #expect(Base64.decodeURL(text.utf8) == nil, "\(text)")
        }
        #expect(Base64.decodeURL("AA".utf8) == [0])
        #expect(Base64.decodeURL("-_8".utf8) == [0xFB, 0xFF])
        #expect(Base64.encodeURL([0xFB, 0xFF]) == "-_8")
    }
}
