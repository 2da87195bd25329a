import Testing

@testable import AccessTokens

@Suite struct Base64URLTests {
    @Test("Every number of bytes is read back from its one spelling")
    func roundTrip() {
        for count in 0..<80 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ count) }
            #expect(Base64URL.decode(TokenMaker.base64URL(bytes).utf8) == bytes)
        }
    }

    @Test("Padding, other alphabets, surplus digits and surplus bits are refused")
    func refused() {
        for text in ["A", "AB", "AAB", "AAAAA", "AA==", "AA=", "+A", "/A", "A A", "AA\n", "é", "AAA\u{0}"] {
            #expect(Base64URL.decode(text.utf8) == nil, "\(text)")
        }
        #expect(Base64URL.decode("AA".utf8) == [0])
        #expect(Base64URL.decode("-_8".utf8) == [0xFB, 0xFF])
    }
}
