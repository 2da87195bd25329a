/// The small grammars of HTTP that the checks need.
enum HTTPText {
    /// Whether the text is a token (RFC 9110 §5.6.2), which the name of a header must be.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { isAlphanumeric($0) || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    }

    /// Whether the text can be the value of a header: no line break, NUL or other control character but the tab.
    static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }

    /// Whether the text is the scheme of a URL (RFC 3986 §3.1).
    static func isScheme(_ text: String) -> Bool {
        guard let first = text.utf8.first, isAlphanumeric(first), !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { isAlphanumeric($0) || "+-.".utf8.contains($0) }
    }

    /// Whether every `%` is followed by two hexadecimal digits.
    static func isPercentEncodingValid(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.indices.allSatisfy { index in
            bytes[index] != UInt8(ascii: "%")
                || (index + 2 < bytes.count && isHexDigit(bytes[index + 1]) && isHexDigit(bytes[index + 2]))
        }
    }

    /// Whether the byte can stand in the name of a host.
    static func isHostByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "-._".utf8.contains(byte)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        "0123456789abcdefABCDEF".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`; the host may be empty.
struct HostAndPort: Equatable {
    /// The host in lower case, in brackets if it is an IPv6 address.
    var host: String
    /// The port from 0 to 65535, if one is written.
    var port: Int?

    /// Takes a text apart; nil if it is not a host with an optional port.
    init?(_ text: String) {
        let (host, rest) = Self.split(text)
        guard Self.isHost(host) else { return nil }
        self.host = host.lowercased()
        if rest.isEmpty { return }
        guard rest.first == ":", let port = Self.port(rest.dropFirst()) else { return nil }
        self.port = port
    }

    /// A port number, or nil.
    static func port(_ text: Substring) -> Int? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(text), port <= 65_535
        else { return nil }
        return port
    }

    private static func split(_ text: String) -> (host: String, rest: Substring) {
        if text.first == "[", let end = text.firstIndex(of: "]") {
            return (String(text[...end]), text[text.index(after: end)...])
        }
        let host = text.prefix { $0 != ":" }
        return (String(host), text.dropFirst(host.count))
    }

    private static func isHost(_ host: String) -> Bool {
        if host.first == "[" {
            let inner = host.dropFirst().dropLast()
            return host.last == "]" && inner.contains(":")
                && inner.prefix { $0 != "%" }.utf8.allSatisfy { "0123456789abcdefABCDEF:.".utf8.contains($0) }
        }
        return host.utf8.allSatisfy(HTTPText.isHostByte)
    }
}
