import NIOCore
import Testing

@testable import MCPCore

@Suite struct FormTextTests {
    @Test("What could end a field is encoded")
    func fields() {
        #expect(String(buffer: FormText.write([("token", Array("a&b=c d+é".utf8))])) == "token=a%26b%3Dc%20d%2B%C3%A9")
    }

    @Test("A colon in the name of a client is no end of it")
    func credentials() {
        #expect(FormText.basicCredentials("a:b", "c d") == "Basic YSUzQWI6YyUyMGQ=")
    }

    @Test(
        "What forms send is read, and what is no such text is not",
        arguments: [
            ("", []), ("a=b", ["a<b>"]), ("a=b&c=d&a=e", ["a<b>", "c<d>", "a<e>"]), ("&&a=b&", ["a<b>"]),
            ("a", ["a<>"]),
            ("a=", ["a<>"]), ("=b", ["<b>"]), ("=", ["<>"]), ("a=b=c", ["a<b=c>"]), ("a+b=c+d", ["a b<c d>"]),
            ("%61=%62%20%2B%26%3D", ["a<b +&=>"]), ("a=%c3%A9", ["a<é>"]), ("a=é;b", ["a<é;b>"]), ("?a=b", ["?a<b>"]),
            ("a=%00", ["a<\0>"]), ("a=%", nil), ("a=%4", nil), ("%4=a", nil), ("a=%4g", nil), ("a=%+1", nil),
            ("a=%C3", nil), ("a=%ff", nil), ("a=%ED%A0%80", nil), ("a=%C0%80", nil), ("a=b&c=%", nil),
        ] as [(String, [String]?)])
    func read(text: String, expected: [String]?) {
        #expect(FormText.read(text)?.map { "\($0.name)<\($0.value)>" } == expected)
    }

    @Test("What was written is read again")
    func roundTrip() {
        let value = String(String.UnicodeScalarView((0..<0x250).compactMap(UnicodeScalar.init)))
        let written = String(buffer: FormText.write([("a", Array(value.utf8)), ("b", [])]))
        #expect(FormText.read(written)?.map(\.value) == [value, ""])
    }

    @Test("What is hostile costs no more than its length")
    func hostile() {
        #expect(FormText.read(String(repeating: "&", count: 100_000))?.isEmpty == true)
        #expect(FormText.read(String(repeating: "a=b&", count: 25_000))?.count == 25_000)
        #expect(FormText.read(String(repeating: "=", count: 100_000))?.count == 1)
    }
}
