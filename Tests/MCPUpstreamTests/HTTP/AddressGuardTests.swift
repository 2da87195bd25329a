import Addresses
import NIOCore
import Testing

@testable import MCPUpstream

@Suite struct AddressGuardTests {
    /// What the guard says to an address; nil when it is allowed.
    private func objection(
        _ text: String,
        allowing networks: [String] = [],
        listeners: [SocketAddress] = [],
        _ scheme: HTTPOrigin.Scheme = .https
    ) throws -> String? {
        let addressGuard = try AddressGuard(allowing: networks, listeners: listeners)
        let address = try SocketAddress(ipAddress: text, port: 443)
        do throws(ForbiddenAddress) {
            try addressGuard.check(address, scheme)
            return nil
        } catch {
            return error.reason
        }
    }

    /// The first and the last address of each network that is not public, and every disguise of such an address.
    static let forbidden = [
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.0",
        "127.0.0.1", "127.0.0.2", "127.255.255.255", "169.254.0.0", "169.254.255.255", "172.16.0.0", "172.31.255.255",
        "192.0.0.0", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.88.99.0", "192.88.99.255", "192.168.0.0",
        "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0",
        "203.0.113.255", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255",
        "::", "::1", "::2", "1fff:ffff::", "2001::", "2001:1ff:ffff::", "2001:db8::", "2001:db8:ffff:ffff::1", "2002::",
        "2002:ffff::", "3fff::", "3fff:fff::", "4000::", "5f00::1", "64:ff9b::", "64:ff9b:1::1", "100::", "100::1",
        "fc00::", "fdff:ffff::", "fe80::1", "febf::", "fec0::", "feff::", "ff00::", "ff02::1", "ffff::",
        "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.1.2.3", "::ffff:169.254.169.254", "::127.0.0.1", "::7f00:1",
        "::8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::8.8.8.8", "64:ff9b:1::10.0.0.1",
        "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "2001:0:808:808::80ff:fffe", "2001:0:7f00:1::1",
        "2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:10.0.0.1",
    ]

    @Test("What is not public is forbidden, and the words say how to allow it", arguments: forbidden)
    func forbids(text: String) throws {
        let reason = try #require(try objection(text))
        #expect(reason.contains("mcpProxy.management.allowAddresses"))
        // What the words tell the operator to add is what allows it.
        let named = try #require(reason.split(separator: "\"").dropFirst().first)
        #expect(try objection(text, allowing: [String(named)]) == nil)
    }

    @Test("The reason is one sentence that names the address")
    func words() throws {
        #expect(
            try objection("127.0.0.1")
                == "127.0.0.1 is not a public address; to allow it add \"127.0.0.1\" to mcpProxy.management.allowAddresses"
        )
        #expect(
            try objection("2606:4700::5efe:a00:1")
                == "2606:4700::5efe:a00:1 leads to 10.0.0.1, which is not a public address; "
                + "to allow it add \"2606:4700::5efe:a00:1\" to mcpProxy.management.allowAddresses")
    }

    @Test(
        "What is public is allowed, up to the borders of what is not",
        arguments: [
            "1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
            "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
            "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0",
            "223.255.255.255", "2000::", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::", "2606:4700::1111",
            "3ffe::1", "3fff:1000::", "::ffff:8.8.8.8", "2606:4700::5efe:8.8.8.8",
        ])
    func allowsPublic(text: String) throws {
        #expect(try objection(text) == nil)
    }

    @Test(
        "An allowed network lets its addresses through, however they are written, and no others",
        arguments: [
            ("127.0.0.0/8", "127.8.9.1", true), ("127.0.0.0/8", "::ffff:127.0.0.1", true),
            ("127.0.0.0/8", "::1", false), ("127.0.0.0/8", "10.0.0.1", false), ("127.0.0.0/8", "::127.0.0.1", false),
            ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("127.0.0.1/32", "127.0.0.1", true),
            ("172.16.0.0/12", "172.31.0.1", true), ("172.16.0.0/13", "172.31.0.1", false),
            ("0.0.0.0/0", "10.0.0.1", true), ("0.0.0.0/0", "::1", false), ("::/0", "10.0.0.1", false),
            ("::1", "::1", true), ("::1", "127.0.0.1", false), ("::1/128", "::1", true), ("::/127", "::1", true),
            ("fd00::/8", "fd12::1", true), ("fd00::/8", "fc00::1", false), ("fe80::/10", "fe80::1", true),
            ("64:ff9b::/96", "64:ff9b::8.8.8.8", true), ("64:ff9b::/96", "64:ff9b::127.0.0.1", false),
            ("64:ff9b:1::/48", "64:ff9b:1::8.8.8.8", true), ("64:ff9b:1::/48", "64:ff9b:1:7f00:0:100::", false),
            ("2002::/16", "2002:808:808::1", true), ("2002::/16", "2002:7f00:1::1", false),
            ("2001::/32", "2001:0:808:808::f7f7:f7f7", true), ("2001::/32", "2001:0:808:808::80ff:fffe", false),
            ("2001::/32", "2001:0:a00:1::f7f7:f7f7", false), ("::/96", "::10.0.0.1", false),
        ] as [(String, String, Bool)])
    func allowsNetworks(network: String, text: String, isAllowed: Bool) throws {
        #expect((try objection(text, allowing: [network]) == nil) == isAllowed)
    }

    @Test(
        "A service that gives credentials away is allowed only by its own address",
        arguments: [
            "169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.0.23", "169.254.42.42", "100.100.100.200",
            "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254", "fd00:42::42",
            "::ffff:169.254.169.254", "64:ff9b::169.254.169.254", "2002:a9fe:a9fe::", "::169.254.169.254",
        ])
    func metadata(text: String) throws {
        let wide = ["0.0.0.0/0", "::/0", "169.254.0.0/16", "169.254.169.252/30", "fd00::/8", "168.63.129.16/31"]
        let reason = try #require(try objection(text, allowing: wide))
        #expect(reason.contains("credentials"))
        let named = try #require(reason.split(separator: "\"").dropFirst().first)
        #expect(try objection(text, allowing: wide + [String(named)]) == nil)
    }

    @Test("Without TLS only what was allowed by name or network may be called")
    func plain() throws {
        #expect(try objection("8.8.8.8", .http)?.contains("https://") == true)
        #expect(try objection("8.8.8.8", allowing: ["127.0.0.1"], .http)?.contains("\"8.8.8.8\"") == true)
        #expect(try objection("8.8.8.8", allowing: ["8.8.8.0/24"], .http) == nil)
        #expect(try objection("127.0.0.1", allowing: ["127.0.0.0/8"], .http) == nil)
    }

    @Test("The proxy's own listeners are never allowed, other ports of the same address are")
    func ownListeners() throws {
        let networks = ["0.0.0.0/0", "::/0", "127.0.0.1", "8.8.8.8"]
        let one = try SocketAddress(ipAddress: "8.8.8.8", port: 443)
        #expect(try objection("8.8.8.8", allowing: networks, listeners: [one])?.contains("itself") == true)
        #expect(try objection("::ffff:8.8.8.8", allowing: networks, listeners: [one])?.contains("itself") == true)
        #expect(try objection("127.0.0.1", allowing: networks, listeners: [one]) == nil)
        for text in ["0.0.0.0", "::"] {
            let all = try SocketAddress(ipAddress: text, port: 443)
            for own in ["127.0.0.1", "127.1.1.1", "::1", "0.0.0.0", "::"] {
                #expect(try objection(own, allowing: networks, listeners: [all])?.contains("itself") == true)
            }
        }
        let otherPort = try SocketAddress(ipAddress: "127.0.0.1", port: 444)
        #expect(try objection("127.0.0.1", allowing: networks, listeners: [otherPort]) == nil)
    }

    @Test(
        "A URL is judged before anything is resolved, as far as it can be",
        arguments: [
            ("https://example.com/", [], true), ("https://8.8.8.8/", [], true),
            ("https://[2606:4700::1111]/", [], true),
            ("https://127.0.0.1/", [], false), ("https://[::1]/", [], false), ("https://[::ffff:10.0.0.1]/", [], false),
            ("http://example.com/", [], false), ("http://8.8.8.8/", [], false), ("http://127.0.0.1/", [], false),
            ("http://127.0.0.1/", ["127.0.0.0/8"], true), ("http://tools.local/", ["10.0.0.0/8"], true),
            ("http://8.8.8.8/", ["10.0.0.0/8"], false), ("https://169.254.169.254/", ["169.254.0.0/16"], false),
        ] as [(String, [String], Bool)])
    func judgesURLs(text: String, networks: [String], isAllowed: Bool) throws {
        let url = try HTTPURL(text)
        let addressGuard = try AddressGuard(allowing: networks)
        if isAllowed {
            try addressGuard.check(url.origin)
        } else {
            #expect(throws: ForbiddenAddress.self) { try addressGuard.check(url.origin) }
        }
    }

    @Test("Guards are equal when they allow the same")
    func equality() throws {
        let one = try AddressGuard(allowing: ["10.0.0.0/8", "::1"])
        #expect(one == (try AddressGuard(allowing: ["0:0::1", "10.0.0.0/8", "::1/128"])))
        #expect(one != (try AddressGuard(allowing: ["10.0.0.0/8"])))
    }

    @Test(
        "A text that is not clearly a network is refused, with what to write",
        arguments: [
            ("", AddressNetworkError.Code.notAnAddress), ("localhost", .notAnAddress), ("10", .notAnAddress),
            ("10.0.0", .notAnAddress), ("0x7f.0.0.1", .notAnAddress), ("010.0.0.1", .notAnAddress),
            ("[::1]", .notAnAddress), (" 10.0.0.1", .notAnAddress), ("/8", .notAnAddress),
            ("fe80::1%lo", .notAnAddress),
            ("*", .notAnAddress), ("10.0.0.0/", .prefix), ("10.0.0.0/33", .prefix), ("::/129", .prefix),
            ("10.0.0.0/+8", .prefix), ("10.0.0.0/8/8", .prefix), ("10.0.0.0/0008", .prefix),
            ("10.0.0.0/255.0.0.0", .prefix), ("::ffff:10.0.0.0/104", .ipv4InIPv6Form("10.0.0.0/8")),
            ("::ffff:10.0.0.1/128", .ipv4InIPv6Form("10.0.0.1")),
            ("::ffff:10.0.0.0/129", .prefix), ("::ffff:10.0.0.0/8", .prefix),
            ("10.0.0.1/8", .bitsBeyondPrefix("10.0.0.0/8")), ("127.0.0.1/0", .bitsBeyondPrefix("0.0.0.0/0")),
            ("fd00::1/64", .bitsBeyondPrefix("fd00::/64")),
        ])
    func refusesNetworks(text: String, code: AddressNetworkError.Code) {
        #expect(throws: AddressNetworkError(code, text)) { try AddressGuard(allowing: ["10.0.0.0/8", text]) }
        #expect(AddressNetworkError(code, text).description.contains("\"\(text)\""))
    }
}
