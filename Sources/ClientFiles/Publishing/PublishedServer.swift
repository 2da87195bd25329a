/// A server of the proxy, or several that are offered together, as its clients get to know it.
package struct PublishedServer: Sendable, Equatable {
    /// What clients call it.
    package var name: String
    /// Where it is; nothing where a client starts it for itself.
    package var url: String
    /// The token that opens it, or what stands for it; nil if none is asked for.
    package var token: String?
    /// The same for servers that the same token opens; what `token` holds may stand for several.
    package var tokenNumber: Int?
    /// With what a client that can start programs only starts mcp-proxy; nil where that is to speak to the URL.
    package var arguments: [String]?

    /// A server with the name that clients are to use.
    package init(name: String, url: String, token: String?, tokenNumber: Int? = nil, arguments: [String]? = nil) {
        self.name = name
        self.url = url
        self.token = token
        self.tokenNumber = tokenNumber
        self.arguments = arguments
    }

    /// Names that every client takes: letters, digits, `-` and `_`, each name once.
    ///
    /// - Parameter names: The names that the proxy has. What comes after a slash is left out, since it may be a token.
    package static func clientNames(for names: [String]) -> [String] {
        var taken: Set<String> = []
        return names.map { name in
            let first = name.split(separator: "/").first ?? ""
            let plain = String(
                first.unicodeScalars.map { scalar in
                    switch scalar {
                    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": Character(scalar)
                    default: "-"
                    }
                })
            var result = plain
            var number = 2
            while !taken.insert(result).inserted {
                result = "\(plain)-\(number)"
                number += 1
            }
            return result
        }
    }
}
