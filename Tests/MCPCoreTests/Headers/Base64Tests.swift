import Foundation
import MCPTestSupport
import Testing

@testable import MCPCore

@Suite struct Base64Tests {
    @Test(
        "The specification's own examples hold in both directions (RFC 4648 §10)",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func examples(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded.utf8) == Array(plain.utf8))
    }

    @Test("Random bytes are written as another implementation writes them, and read back")
    func roundTrip() {
        var random = SeededGenerator(seed: 64)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = Base64.encode(bytes)
            #expect(text == Data(bytes).base64EncodedString())
            #expect(Base64.decode(text.utf8) == bytes)
        }
    }

    @Test(
        "Whatever is not the one spelling is refused",
        arguments: [
            "Zg", "Zg=", "Zg===", "Zm9v=", "Zm9v====", "====", "=", "==", "Z===", "Z", "Zm9vY", "=Zg=", "Z=g=",
            "Zg==Zg==",
            "Zh==", "Zm9=", "Zm 9", "Zm9v\n", " Zm9v", "Zm-_", "Zm9é",
        ])
    func strict(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }

    @Test("Of all groups of four, only those that are written are read")
    func exhaustive() {
        let characters = Array("AZaz09+/=-".utf8)
        for number in 0..<10_000 {
            let group = [number / 1000, number / 100 % 10, number / 10 % 10, number % 10].map { characters[$0] }
            guard let bytes = Base64.decode(group) else { continue }
            #expect(Array(Base64.encode(bytes).utf8) == group)
        }
    }
}
