import Testing

@testable import Addresses

@Suite struct CertificateNamesTests {
    private func names(_ names: [String], _ addresses: [[UInt8]] = []) -> CertificateNames {
        var result = CertificateNames()
        result.names = names.map { Array($0.utf8) }
        result.addresses = addresses
        return result
    }

    /// What a certificate has, what is asked for, and whether it is that.
    static let cases: [(String, String, Bool)] = [
        ("good.example", "good.example", true), ("GOOD.Example", "good.example", true),
        ("good.example", "bad.example", false), ("good.example", "www.good.example", false),
        ("www.good.example", "good.example", false), ("good.example.", "good.example", true),
        ("good.example", "good.example.", true), ("good.example..", "good.example", false),
        (".good.example", "good.example", false), ("", "good.example", false),
        ("*.good.example", "www.good.example", true), ("*.GOOD.example", "www.good.example", true),
        ("*.good.example", "good.example", false), ("*.good.example", "a.b.good.example", false),
        ("*.good.example", "good.example.", false), ("*.good.example", "www.good.example.", true),
        ("*.good.example", "xn--caf-dma.good.example", true), ("*.example", "good.example", false),
        ("*", "good.example", false), ("*", "localhost", false), ("*.*", "good.example", false),
        ("w*.good.example", "www.good.example", false), ("*w.good.example", "www.good.example", false),
        ("w*w.good.example", "www.good.example", false), ("www.*.example", "www.good.example", false),
        ("*.*.good.example", "a.b.good.example", false), ("**.good.example", "www.good.example", false),
        ("xn--*.good.example", "xn--caf-dma.good.example", false), ("xn--caf-dma.example", "xn--caf-dma.example", true),
        ("XN--CAF-DMA.example", "xn--caf-dma.example", true), ("café.example", "xn--caf-dma.example", false),
        ("good.example\u{0}.evil.example", "good.example", false), ("good.example\u{0}", "good.example", false),
        (" good.example", "good.example", false), ("good.example/", "good.example", false),
        ("127.0.0.1", "good.example", false), ("my_host.example", "my_host.example", true),
        ("localhost", "localhost", true),
    ]

    @Test("A name is among the names of a certificate, or is not", arguments: cases)
    func matches(presented: String, asked: String, isMatch: Bool) {
        #expect(names([presented]).match(.name(asked)) == isMatch)
        #expect(names(["other.example", presented], [[127, 0, 0, 1]]).match(.name(asked)) == isMatch)
    }

    @Test("An address is among the addresses byte for byte, and never among the names")
    func addresses() throws {
        let v4 = HTTPOrigin.Host.address(try #require(IPAddress("127.0.0.1")))
        let v6 = HTTPOrigin.Host.address(try #require(IPAddress("::1")))
        let one = Array(repeating: UInt8(0), count: 15) + [1]
        #expect(names([], [[127, 0, 0, 1]]).match(v4))
        #expect(names([], [[127, 0, 0, 2], [127, 0, 0, 1]]).match(v4))
        #expect(names([], [one]).match(v6))
        #expect(!names([], [one]).match(v4))
        #expect(!names([], [[127, 0, 0, 1]]).match(v6))
        // Another length is another address, be it the same one in the form of IPv6.
        let mapped = Array(repeating: UInt8(0), count: 10) + [0xFF, 0xFF, 127, 0, 0, 1]
        #expect(!names([], [mapped, [], [127], [127, 0, 0, 1, 0]]).match(v4))
        #expect(!names(["127.0.0.1", "*.0.0.1", "*"]).match(v4))
        #expect(!names(["::1", "[::1]"]).match(v6))
    }

    @Test("An address that was taken for a name is no name", arguments: ["127.0.0.1", "127.1", "1.2.3.4.", "7"])
    func numbers(text: String) {
        #expect(!names([text, "*.0.0.1"]).match(.name(text)))
    }

    @Test("A name is not found among the addresses")
    func nameAndAddress() {
        #expect(!names([], [[127, 0, 0, 1]]).match(.name("good.example")))
        #expect(!names([], [Array("good".utf8)]).match(.name("good")))
        #expect(!CertificateNames().match(.name("good.example")))
    }

    @Test("The names are shown shortened, and nothing that a terminal would obey")
    func description() {
        #expect(CertificateNames().description == "no name")
        let shown = names(["a.example", "b\u{1B}[31m\"é"], [[127, 0, 0, 1], [1]]).description
        #expect(shown == "\"a.example\", \"b?[31m???\", 127.0.0.1, an address of 1 bytes")
        let many = names((1...9).map { "\($0).example" } + [String(repeating: "x", count: 500)]).description
        #expect(many.hasSuffix("\"5.example\" and 5 more"))
        #expect(names([String(repeating: "x", count: 500)]).description.utf8.count < 100)
    }
}
