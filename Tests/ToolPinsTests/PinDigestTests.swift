import NIOCore
import Testing

@testable import ToolPins

@Suite struct PinDigestTests {
    private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    @Test("It is SHA-256, and is read as it is written")
    func vector() {
        let digest = PinDigest(of: ByteBuffer(string: "abc"))
        #expect(digest.hex == Self.abc)
        #expect(PinDigest(hex: Self.abc) == digest)
    }

    @Test("It tells apart what differs in any one digit")
    func different() throws {
        let digest = try #require(PinDigest(hex: Self.abc))
        for place in 0..<64 {
            var digits = Array(Self.abc)
            digits[place] = digits[place] == "0" ? "1" : "0"
            #expect(try #require(PinDigest(hex: String(digits))) != digest)
        }
    }

    @Test("Anything but 64 small digits is no digest")
    func refused() {
        for text in [
            "", String(Self.abc.dropLast()), Self.abc + "0", Self.abc.uppercased(), "g" + Self.abc.dropFirst(),
        ] {
            #expect(PinDigest(hex: text) == nil, "\(text)")
        }
    }
}
