/// The address of an HTTP endpoint, read strictly.
///
/// Two readers of one address must not see two hosts: there are no user names, no fragments, no numbers that
/// some resolvers take for addresses. Path and query stay exactly as written.
package struct HTTPURL: Hashable, Sendable {
    /// The longest text that is read.
    package static let maximumLength = 8_192

    package let origin: HTTPOrigin
    /// Path and query as they stand in the request line. Begins with a slash.
    package let target: String

    /// An address of parts that were read before.
    package init(origin: HTTPOrigin, target: String) {
        self.origin = origin
        self.target = target
    }

    /// Reads an absolute address.
    ///
    /// - Throws: `HTTPURLError` with the first problem found.
    package init(_ text: String) throws(HTTPURLError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw HTTPURLError(.empty) }
        guard bytes.count <= Self.maximumLength else { throw HTTPURLError(.length) }
        guard let (scheme, rest) = Self.scheme(of: bytes[...]) else { throw HTTPURLError(.scheme) }
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        let authority = rest[..<(end ?? rest.endIndex)]
        self.origin = try Self.origin(scheme, authority)
        self.target = try Self.target(rest[(end ?? rest.endIndex)...])
    }

    /// The path alone: safe to show, where a query may hold credentials.
    package var path: String {
        target.utf8.firstIndex(of: UInt8(ascii: "?")).map { String(target[..<$0]) } ?? target
    }

    private static func scheme(of bytes: ArraySlice<UInt8>) -> (HTTPOrigin.Scheme, ArraySlice<UInt8>)? {
        for scheme in HTTPOrigin.Scheme.allCases {
            let prefix = Array("\(scheme.rawValue)://".utf8)
            guard bytes.count >= prefix.count else { continue }
            let matches = zip(bytes, prefix).allSatisfy { ASCII.lowercased($0) == $1 }
            if matches { return (scheme, bytes.dropFirst(prefix.count)) }
        }
        return nil
    }

    static func origin(
        _ scheme: HTTPOrigin.Scheme,
        _ authority: ArraySlice<UInt8>
    ) throws(HTTPURLError) -> HTTPOrigin {
        guard !authority.contains(UInt8(ascii: "@")) else { throw HTTPURLError(.credentials) }
        let host: HTTPOrigin.Host
        var rest: ArraySlice<UInt8>
        if authority.first == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { throw HTTPURLError(.host) }
            host = .address(try ipv6(authority[(authority.startIndex + 1)..<end]))
            rest = authority[(end + 1)...]
        } else {
            let end = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
            host = try nameOrIPv4(authority[..<end])
            rest = authority[end...]
        }
        var port = scheme.defaultPort
        if let first = rest.popFirst() {
            guard first == UInt8(ascii: ":"), (1...5).contains(rest.count), rest.allSatisfy(ASCII.isDigit) else {
                throw HTTPURLError(.port)
            }
            port = rest.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            guard (1...65_535).contains(port) else { throw HTTPURLError(.port) }
        }
        return HTTPOrigin(scheme: scheme, host: host, port: port)
    }

    private static func ipv6(_ bytes: ArraySlice<UInt8>) throws(HTTPURLError) -> IPAddress {
        guard bytes.contains(UInt8(ascii: ":")), let address = IPAddress(String(decoding: bytes, as: UTF8.self)) else {
            throw HTTPURLError(.host)
        }
        return address
    }

    private static func nameOrIPv4(_ bytes: ArraySlice<UInt8>) throws(HTTPURLError) -> HTTPOrigin.Host {
        guard !bytes.isEmpty else { throw HTTPURLError(.noHost) }
        guard bytes.count <= 253, bytes.first != UInt8(ascii: "."),
            bytes.allSatisfy({
                ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
                    || $0 == UInt8(ascii: "_")
            })
        else { throw HTTPURLError(.host) }
        let host = String(decoding: bytes.map(ASCII.lowercased), as: UTF8.self)
        let labels = host.split(separator: ".", omittingEmptySubsequences: true)
        // Resolvers take `2130706433`, `0x7f.1` and `127.1` for addresses, each in its own way.
        guard let last = labels.last?.utf8, last.allSatisfy(ASCII.isDigit) || last.starts(with: "0x".utf8) else {
            return .name(host)
        }
        guard let address = IPAddress(host) else { throw HTTPURLError(.ambiguousAddress) }
        return .address(address)
    }

    /// Checks path and query, and adds the slash that an empty path needs.
    static func target(_ bytes: ArraySlice<UInt8>) throws(HTTPURLError) -> String {
        guard !bytes.contains(UInt8(ascii: "#")) else { throw HTTPURLError(.fragment) }
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "%") {
                let digits = bytes[(index + 1)...].prefix(2)
                guard digits.count == 2, digits.allSatisfy(ASCII.isHexadecimal) else {
                    throw HTTPURLError(.percentEncoding)
                }
            } else if !Self.isAllowedInTarget(bytes[index]) {
                throw HTTPURLError(.character)
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return bytes.first == UInt8(ascii: "/") ? text : "/" + text
    }
}

extension HTTPURL {
    /// RFC 3986 without the fragment's sign, and the few more that queries hold in practice.
    private static func isAllowedInTarget(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "#"): false
        default: ASCII.isVisible(byte)
        }
    }
}

extension HTTPURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address without its query.
    package var description: String { origin.description + path }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` does not show the query either.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
