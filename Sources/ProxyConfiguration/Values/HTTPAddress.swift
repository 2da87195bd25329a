/// The parts of an `http` or `https` address, taken apart without interpreting more than is needed.
struct HTTPAddress: Equatable {
    /// Why a text is not such an address.
    enum Fault: Error, Equatable {
        case forbiddenCharacter
        case badPercentEncoding
        case noScheme
        case otherScheme
        case userInfo
        case noHost
        case badHost
        case badPort

        /// The fault in words; the address itself is not shown, since it may hold a secret.
        var message: String {
            switch self {
            case .forbiddenCharacter:
                "the address has a space, a control character, a backslash or a letter beyond ASCII"
            case .badPercentEncoding: "the address has a % that is not followed by two hexadecimal digits"
            case .noScheme: "the address does not begin with http:// or https://"
            case .otherScheme: "the address has a scheme other than http and https"
            case .userInfo: "the address holds a user name or password"
            case .noHost: "the address has no host"
            case .badHost: "the host of the address is not valid"
            case .badPort: "the port of the address is not a number from 1 to 65535"
            }
        }

        /// What to write instead.
        var suggestion: String {
            switch self {
            case .forbiddenCharacter: "Write such characters as %20, and other hosts in their xn-- form"
            case .badPercentEncoding: "Write %25 for a percent sign"
            case .userInfo: "Put credentials in headers, such as \"Authorization\""
            case .noScheme, .otherScheme, .noHost, .badHost, .badPort:
                "Write an address such as \"https://example.com/mcp\""
            }
        }
    }

    /// `http` or `https`.
    var scheme: String
    /// The host in lower case, in brackets if it is an IPv6 address.
    var host: String
    /// The port, if one is written.
    var port: Int?
    /// The path, which may be empty.
    var path: String
    /// Whether a `?` follows.
    var hasQuery: Bool
    /// Whether a `#` follows.
    var hasFragment: Bool

    /// Takes a text apart.
    ///
    /// - Throws: The first fault found.
    init(_ text: String) throws(Fault) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw .forbiddenCharacter
        }
        guard HTTPText.isPercentEncodingValid(text) else { throw .badPercentEncoding }
        guard let schemeEnd = text.range(ofFirst: "://") else { throw .noScheme }
        scheme = text[..<schemeEnd.lowerBound].lowercased()
        guard HTTPText.isScheme(scheme) else { throw .noScheme }
        guard scheme == "http" || scheme == "https" else { throw .otherScheme }
        let rest = text[schemeEnd.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard !authority.contains("@") else { throw .userInfo }
        guard let parts = HostAndPort(String(authority)) else {
            throw HostAndPort.hasGoodHost(String(authority)) ? .badPort : .badHost
        }
        guard !parts.host.isEmpty else { throw .noHost }
        guard parts.port != 0 else { throw .badPort }
        host = parts.host
        port = parts.port
        let afterHost = rest.dropFirst(authority.count)
        path = String(afterHost.prefix { $0 != "?" && $0 != "#" })
        let afterPath = afterHost.dropFirst(path.count)
        hasQuery = afterPath.first == "?"
        hasFragment = afterPath.contains("#")
    }

    /// `scheme://host[:port]`, without a default port.
    var origin: String {
        guard let port, port != (scheme == "http" ? 80 : 443) else { return "\(scheme)://\(host)" }
        return "\(scheme)://\(host):\(port)"
    }
}

extension String {
    /// The first place where the other text stands.
    func range(ofFirst other: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(other) { return start..<index(start, offsetBy: other.count) }
            start = index(after: start)
        }
        return nil
    }
}
