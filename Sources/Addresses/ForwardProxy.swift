/// An HTTP proxy of the network, which connects to servers that this machine does not reach by itself.
package struct ForwardProxy: Hashable, Sendable {
    /// Where it listens.
    package let origin: HTTPOrigin
    /// `user:password`, as it is said with the Basic scheme; nil for none.
    package let credentials: [UInt8]?

    /// Reads `http://proxy:3128`, or the same with `user:password@` before the host, in which `%40` stands for `@`.
    /// The scheme may be left out, as in the variables of the environment.
    ///
    /// - Throws: `ForwardProxyError` with the first problem found.
    package init(_ text: String) throws(ForwardProxyError) {
        let authority = try Self.authority(of: Array(text.utf8))
        let at = authority.lastIndex(of: UInt8(ascii: "@"))
        let host = authority[(at.map { $0 + 1 } ?? authority.startIndex)...]
        do {
            origin = try HTTPURL.origin(.http, host)
        } catch {
            throw ForwardProxyError(.host(error.code))
        }
        if let at {
            credentials = try Self.credentials(authority[..<at])
        } else {
            credentials = nil
        }
    }

    /// What stands between the scheme and the slash at the end.
    private static func authority(of bytes: [UInt8]) throws(ForwardProxyError) -> ArraySlice<UInt8> {
        guard !bytes.isEmpty else { throw ForwardProxyError(.host(.noHost)) }
        guard bytes.count <= HTTPURL.maximumLength else { throw ForwardProxyError(.host(.length)) }
        let slashes = Array("://".utf8)
        var rest = bytes[...]
        if let end = bytes.indices.first(where: { bytes[$0...].starts(with: slashes) }) {
            guard ASCII.equal(bytes[..<end], Array("http".utf8)) else { throw ForwardProxyError(.scheme) }
            rest = bytes[(end + slashes.count)...]
        }
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard rest.count - authority.count <= 1, rest.last != UInt8(ascii: "?"), rest.last != UInt8(ascii: "#") else {
            throw ForwardProxyError(.path)
        }
        return authority
    }

    /// `user:password` without its percent-encoding. A user without a password has an empty one.
    private static func credentials(_ text: ArraySlice<UInt8>) throws(ForwardProxyError) -> [UInt8]? {
        guard !text.isEmpty else { return nil }
        let colon = text.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex
        let user = try decoded(text[..<colon])
        // The colon ends the name of the user (RFC 7617), so that none can stand in it.
        guard !user.contains(UInt8(ascii: ":")) else { throw ForwardProxyError(.credentials) }
        return user + [UInt8(ascii: ":")] + (try decoded(text[colon...].dropFirst()))
    }

    private static func decoded(_ text: ArraySlice<UInt8>) throws(ForwardProxyError) -> [UInt8] {
        var bytes: [UInt8] = []
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == UInt8(ascii: "%") else {
                bytes.append(text[index])
                index += 1
                continue
            }
            let digits = text[(index + 1)...].prefix(2)
            guard digits.count == 2, digits.allSatisfy(ASCII.isHexadecimal),
                let byte = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { throw ForwardProxyError(.credentials) }
            bytes.append(byte)
            index += 3
        }
        return bytes
    }
}

extension ForwardProxy: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Where it listens, without credentials.
    package var description: String { origin.description }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// A mirror without children, so that `dump` does not show the credentials either.
    package var customMirror: Mirror { Mirror(self, children: [], displayStyle: .struct) }
}
