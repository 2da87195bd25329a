package import MCPGateway

/// The tokens that a route accepts.
package struct RouteTokens: Sendable {
    private let tokens: [[UInt8]]
    private let principals: [Principal]

    /// - Parameter tokens: Each with whom it stands for.
    package init(_ tokens: [(token: String, principal: Principal)]) {
        self.tokens = tokens.map { Array($0.token.utf8) }
        self.principals = tokens.map(\.principal)
    }

    package var isEmpty: Bool { tokens.isEmpty }

    /// Who shows this `Authorization` header; nil when nobody who may pass.
    ///
    /// The token may come with or without `Bearer `. Every token is compared in full, so that the time taken tells
    /// nothing.
    package func principal(authorization: String?) -> Principal? {
        guard !tokens.isEmpty else { return .anonymous }
        guard var shown = authorization.map({ Substring($0) }) else { return nil }
        if shown.prefix(7).lowercased() == "bearer " { shown = shown.dropFirst(7) }
        while shown.first == " " { shown = shown.dropFirst() }
        while shown.last == " " { shown = shown.dropLast() }
        let bytes = Array(shown.utf8)
        var found: Int?
        for (index, token) in tokens.enumerated() where Self.areEqual(token, bytes) { found = found ?? index }
        guard !bytes.isEmpty else { return nil }
        return found.map { principals[$0] }
    }

    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        var difference = UInt8(left.count == right.count ? 0 : 1)
        for index in left.indices {
            difference |= left[index] ^ (right.isEmpty ? 0 : right[index % right.count])
        }
        return difference == 0
    }
}
