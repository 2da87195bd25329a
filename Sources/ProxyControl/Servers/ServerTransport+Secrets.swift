import MCPCore
import ProxyConfiguration

extension ServerTransport {
    /// How short a secret may be to be looked for in messages: what is shorter stands in many words.
    private static let shortestSecret = 8

    /// With what the server is called or started that nobody else is to see.
    var secrets: [String] {
        let values: [String]
        switch self {
        case .stdio(_, _, let environment, _):
            values = environment.filter { MemberMask.isSecret($0.key) }.map { $0.value.reveal() }
        case .http(_, let headers, _, _):
            values = headers.map { header in
                let value = header.value.reveal()
                return value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst("bearer ".count)) : value
            }
        }
        return values.filter { $0.utf8.count >= Self.shortestSecret }
    }
}
