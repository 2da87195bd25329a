import Testing

@testable import ProxyConfiguration

@Suite struct AddressRangeTests {
    @Test(
        "Addresses and networks are read",
        arguments: [
            ("127.0.0.1", [127, 0, 0, 1], 32), ("10.0.0.0/8", [10, 0, 0, 0], 8), ("0.0.0.0/0", [0, 0, 0, 0], 0),
            ("192.168.129.0/25", [192, 168, 129, 0], 25), ("172.16.0.0/12", [172, 16, 0, 0], 12),
            ("::", Array(repeating: 0, count: 16), 128), ("::1", Array(repeating: 0, count: 15) + [1], 128),
            ("fd00::/8", [0xFD] + Array(repeating: 0, count: 15), 8),
            ("2001:DB8::1/128", [0x20, 0x01, 0x0D, 0xB8] + Array(repeating: 0, count: 11) + [1], 128),
            ("1:2:3:4:5:6:7:8", [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8], 128),
            ("::ffff:10.0.0.0/104", Array(repeating: 0, count: 10) + [0xFF, 0xFF, 10, 0, 0, 0], 104),
        ] as [(String, [UInt8], Int)])
    func reads(text: String, bytes: [UInt8], length: Int) throws {
        let range = try AddressRange(text)
        #expect(range.bytes == bytes)
        #expect(range.length == length)
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", "localhost", "10.0.0", "10.0.0.0.0", "10.0.0.256", "010.0.0.1", "1.2.3.-4", "0x7f.0.0.1", "2130706433",
            " 10.0.0.1", "[::1]", ":::", "1::2::3", ":1", "1:", "12345::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::", "fe80::1%eth0", "g::", "::10.0.0", "1.2.3.4::", "10.0.0.0:80", "/8", "*",
        ])
    func notAnAddress(text: String) {
        #expect(throws: AddressRange.Fault.notAnAddress) { try AddressRange(text) }
    }

    @Test("The number of bits is one that the address has", arguments: ["", "33", "-1", "08", "8/8", "a", "255.0.0.0"])
    func badLength(bits: String) {
        #expect(throws: AddressRange.Fault.badLength(maximum: 32)) { try AddressRange("10.0.0.0/\(bits)") }
        #expect(throws: AddressRange.Fault.badLength(maximum: 128)) { try AddressRange("::/129") }
    }

    @Test(
        "Bits beyond the length are refused",
        arguments: ["10.0.0.1/8", "10.1.0.0/8", "128.0.0.0/0", "192.168.1.1/31", "fd00::1/64"])
    func bitsBeyond(text: String) {
        #expect(throws: AddressRange.Fault.bitsBeyondLength) { try AddressRange(text) }
    }
}
