import Testing

@testable import Addresses

@Suite struct AddressNetworkTests {
    @Test(
        "Addresses and networks are read, and written in one way",
        arguments: [
            ("127.0.0.1", "127.0.0.1", 32), ("10.0.0.0/8", "10.0.0.0/8", 8), ("0.0.0.0/0", "0.0.0.0/0", 0),
            ("192.168.129.0/25", "192.168.129.0/25", 25), ("172.16.0.0/12", "172.16.0.0/12", 12),
            ("::", "::", 128), ("::1", "::1", 128), ("fd00::/8", "fd00::/8", 8),
            ("2001:DB8::1/128", "2001:db8::1", 128), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", 128),
            ("10.0.0.1/32", "10.0.0.1", 32), ("::ffff:10.0.0.1", "10.0.0.1", 32),
        ])
    func reads(text: String, description: String, prefix: Int) throws {
        let network = try AddressNetwork(text)
        #expect(network.description == description)
        #expect(network.prefix == prefix)
        #expect(try AddressNetwork(description) == network)
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", "localhost", "10.0.0", "10.0.0.0.0", "10.0.0.256", "010.0.0.1", "1.2.3.-4", "0x7f.0.0.1", "2130706433",
            " 10.0.0.1", "[::1]", ":::", "1::2::3", ":1", "1:", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::", "fe80::1%eth0", "g::", "::10.0.0", "1.2.3.4::", "10.0.0.0:80", "/8", "*", "1.2.3.4 ",
            "1.2.3.4\u{0}", "١.2.3.4", "::ffff:1.2.3.4.5", "1::2:3:4:5:6:7:1.2.3.4",
        ])
    func notAnAddress(text: String) {
        #expect(throws: AddressNetworkError(.notAnAddress, text)) { try AddressNetwork(text) }
    }

    @Test("The number of bits is one that the address has", arguments: ["", "33", "-1", "08", "8/8", "a", "255.0.0.0"])
    func prefixes(bits: String) {
        let text = "10.0.0.0/\(bits)"
        #expect(throws: AddressNetworkError(.prefix, text)) { try AddressNetwork(text) }
        #expect(throws: AddressNetworkError(.prefix, "::/129")) { try AddressNetwork("::/129") }
    }

    @Test(
        "A network of IPv4 in the form of IPv6 is refused, and the words say what to write",
        arguments: [
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:0:0/96", "0.0.0.0/0"), ("::ffff:10.1.2.3/128", "10.1.2.3"),
            ("::ffff:10.1.2.3/104", "10.0.0.0/8"),
        ])
    func mapped(text: String, meant: String) {
        let error = #expect(throws: AddressNetworkError.self) { try AddressNetwork(text) }
        #expect(error?.code == .ipv4InIPv6Form(meant))
        #expect(error?.description.contains("write \"\(meant)\"") == true)
    }

    @Test(
        "Bits beyond the prefix are refused, and the words say which network is meant",
        arguments: [
            ("10.0.0.1/8", "10.0.0.0/8"), ("10.1.0.0/8", "10.0.0.0/8"), ("128.0.0.0/0", "0.0.0.0/0"),
            ("192.168.1.1/31", "192.168.1.0/31"), ("fd00::1/64", "fd00::/64"),
        ])
    func bitsBeyond(text: String, meant: String) {
        #expect(throws: AddressNetworkError(.bitsBeyondPrefix(meant), text)) { try AddressNetwork(text) }
    }
}
