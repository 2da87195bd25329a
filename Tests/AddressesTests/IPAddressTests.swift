import Testing

@testable import Addresses

@Suite struct IPAddressTests {
    @Test(
        "An address is written as RFC 5952 wants it",
        arguments: [
            ("::", "::"), ("0:0:0:0:0:0:0:1", "::1"), ("2001:0DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"),
            ("0:0:3:4:5:6:7:8", "::3:4:5:6:7:8"),
            ("::127.0.0.1", "::127.0.0.1"), ("::7f00:1", "::127.0.0.1"), ("::ffff:7f00:1", "127.0.0.1"),
            ("64:ff9b::1.2.3.4", "64:ff9b::102:304"), ("255.255.255.255", "255.255.255.255"), ("0.0.0.0", "0.0.0.0"),
        ])
    func writes(text: String, description: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == description)
        #expect(IPAddress(description) == address)
    }

    @Test("The bytes of an address stand in the order of the network")
    func bytes() {
        #expect(IPAddress("1.2.3.4")?.bytes == [1, 2, 3, 4])
        #expect(IPAddress("102:304::f")?.bytes == [1, 2, 3, 4] + Array(repeating: 0, count: 11) + [15])
    }
}
