import NIOCore

/// The address of an HTTP endpoint, read strictly.
///
/// Two readers of one address must not see two hosts: there are no user names, no fragments, no numbers that
/// some resolvers take for addresses. Path and query stay exactly as written.
package struct UpstreamURL: Hashable, Sendable {
    static let maximumLength = 8_192

    package let origin: HTTPOrigin
    /// Path and query as they stand in the request line. Begins with a slash.
    package let target: String

    init(origin: HTTPOrigin, target: String) {
        self.origin = origin
        self.target = target
    }

    /// Reads an absolute address.
    ///
    /// - Throws: `UpstreamURLError` with the first problem found.
    package init(_ text: String) throws(UpstreamURLError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw UpstreamURLError(.empty) }
        guard bytes.count <= Self.maximumLength else { throw UpstreamURLError(.character) }
        guard let (scheme, rest) = Self.scheme(of: bytes[...]) else { throw UpstreamURLError(.scheme) }
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
    ) throws(UpstreamURLError) -> HTTPOrigin {
        guard !authority.contains(UInt8(ascii: "@")) else { throw UpstreamURLError(.credentials) }
        let host: String
        var rest: ArraySlice<UInt8>
        if authority.first == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { throw UpstreamURLError(.host) }
            host = try ipv6(authority[(authority.startIndex + 1)..<end])
            rest = authority[(end + 1)...]
        } else {
            let end = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
            host = try name(authority[..<end])
            rest = authority[end...]
        }
        var port = scheme.defaultPort
        if let first = rest.popFirst() {
            guard first == UInt8(ascii: ":"), (1...5).contains(rest.count), rest.allSatisfy(ASCII.isDigit) else {
                throw UpstreamURLError(.port)
            }
            port = rest.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            guard (1...65_535).contains(port) else { throw UpstreamURLError(.port) }
        }
        return HTTPOrigin(scheme: scheme, host: host, port: port)
    }

    private static func ipv6(_ bytes: ArraySlice<UInt8>) throws(UpstreamURLError) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let isPlain = bytes.allSatisfy {
            ASCII.isHexadecimal($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
        }
        guard isPlain, bytes.contains(UInt8(ascii: ":")),
            // The error says only that it is no address, which is what is thrown here.
            let address = try? SocketAddress(ipAddress: text, port: 1), let host = address.ipAddress
        else { throw UpstreamURLError(.host) }
        return host
    }

    private static func name(_ bytes: ArraySlice<UInt8>) throws(UpstreamURLError) -> String {
        guard (1...253).contains(bytes.count), bytes.first != UInt8(ascii: "."),
            bytes.allSatisfy({
                ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
                    || $0 == UInt8(ascii: "_")
            })
        else { throw UpstreamURLError(.host) }
        let host = String(decoding: bytes.map(ASCII.lowercased), as: UTF8.self)
        let labels = host.split(separator: ".", omittingEmptySubsequences: true)
        // Resolvers take `2130706433`, `0x7f.1` and `127.1` for addresses, each in its own way.
        guard let last = labels.last?.utf8, last.allSatisfy(ASCII.isDigit) || last.starts(with: "0x".utf8) else {
            return host
        }
        let isAddress =
            labels.count == 4 && host.utf8.filter { $0 == UInt8(ascii: ".") }.count == 3
            && labels.allSatisfy { label in
                label.utf8.allSatisfy(ASCII.isDigit) && UInt8(label) != nil && (label == "0" || label.first != "0")
            }
        guard isAddress else { throw UpstreamURLError(.ambiguousAddress) }
        return host
    }

    /// Checks path and query, and adds the slash that an empty path needs.
    static func target(_ bytes: ArraySlice<UInt8>) throws(UpstreamURLError) -> String {
        guard !bytes.contains(UInt8(ascii: "#")) else { throw UpstreamURLError(.fragment) }
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "%") {
                let digits = bytes[(index + 1)...].prefix(2)
                guard digits.count == 2, digits.allSatisfy(ASCII.isHexadecimal) else {
                    throw UpstreamURLError(.percentEncoding)
                }
            } else if !ASCII.isAllowedInTarget(bytes[index]) {
                throw UpstreamURLError(.character)
            }
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return bytes.first == UInt8(ascii: "/") ? text : "/" + text
    }
}

extension UpstreamURL: CustomStringConvertible {
    /// The address without its query.
    package var description: String { origin.description + path }
}
