import ClientFiles
import MCPValues
import ProxyConfiguration

/// By what callers are known to be a client.
struct WaysIn {
    private let tokens: Int
    private let certificates: [String]
    /// Whether anybody is asked for a certificate.
    private let asksForCertificates: Bool
    private let match: ClientMatch?

    init(of client: ClientSettings, _ settings: ProxySettings) {
        tokens = client.tokens.count
        certificates = client.certificates?.texts ?? []
        asksForCertificates = settings.tls?.clientCAFile != nil
        match = client.match
    }

    /// Whether there is none at all.
    private var isNone: Bool { tokens == 0 && match == nil && (certificates.isEmpty || !asksForCertificates) }

    /// What there is, for a table.
    var summary: String {
        guard !isNone else { return "nothing: nobody can be it" }
        var parts = tokens == 0 ? [] : [Self.words(tokens)]
        if !certificates.isEmpty, asksForCertificates { parts.append("certificates") }
        if match != nil { parts.append("access tokens") }
        return parts.joined(separator: ", ")
    }

    /// All of it, one line for each.
    var lines: [String] {
        var lines: [String] = []
        if isNone {
            lines.append("nothing, so that nobody can be this client: give it tokens, certificates or a match")
        }
        if tokens > 0 { lines.append(Self.words(tokens)) }
        if !certificates.isEmpty {
            let patterns = certificates.map { "\"\($0)\"" }.joined(separator: ", ")
            lines.append(
                asksForCertificates
                    ? "certificates: \(patterns)"
                    : "certificates: \(patterns), but no client is asked for one (mcpProxy.tls.clientCAFile)")
        }
        if let match { lines.append("access tokens of \(match.issuer)\(Self.words(match.claims))") }
        return lines.map { "comes with: \($0)" }
    }

    private static func words(_ tokens: Int) -> String { tokens == 1 ? "1 token" : "\(tokens) tokens" }

    private static func words(_ claims: [ClientMatch.Claim]) -> String {
        guard !claims.isEmpty else { return ", whatever their claims are" }
        let each = claims.map { claim in
            "\(claim.path.text): \(claim.values.map { "\"\($0)\"" }.joined(separator: " or "))"
        }
        return " with \(each.joined(separator: ", and "))"
    }

    /// The same for scripts, without a token.
    var json: ConfigurationNode {
        var members: [(String, ConfigurationNode)] = [
            ("tokens", ConfigurationNode(.number(String(tokens)), at: .start)),
            ("certificates", Self.array(certificates)),
        ]
        if let match {
            let claims = match.claims.map { ($0.path.text, Self.array($0.values)) }
            members.append(("match", .object([("issuer", .text(match.issuer)), ("claims", .object(claims))])))
        }
        return .object(members)
    }

    private static func array(_ texts: [String]) -> ConfigurationNode {
        ConfigurationNode(.array(texts.map { .text($0) }), at: .start)
    }
}

extension ClaimPath {
    /// As it may be written.
    fileprivate var text: String {
        let names = names.map { String(decoding: $0, as: UTF8.self) }
        guard names.count > 1 || names.first?.hasPrefix("/") == true else { return names.first ?? "" }
        return names.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }
}
