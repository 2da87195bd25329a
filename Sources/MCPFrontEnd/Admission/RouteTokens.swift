package import MCPGateway

/// The tokens that a route accepts.
package struct RouteTokens: Sendable {
    fileprivate final class List: Sendable {
        let tokens: [[UInt8]]
        let principals: [Principal]
        /// What has to be kept as long as the tokens are accepted.
        let leases: [any Sendable]

        init(_ tokens: [(token: String, principal: Principal)], _ leases: [any Sendable]) {
            self.tokens = tokens.map { Array($0.token.utf8) }
            self.principals = tokens.map(\.principal)
            self.leases = leases
        }
    }

    /// nil where everybody may pass, without a token.
    private let list: List?
    /// Whether also those may pass who show none of the tokens; they are nobody that a token stands for.
    private let admitsOthers: Bool

    /// Nobody passes.
    package static let closed = RouteTokens(List([], []))

    private init(_ list: List?, admitsOthers: Bool = false) {
        self.list = list
        self.admitsOthers = admitsOthers
    }

    /// - Parameters:
    ///   - tokens: Each with whom it stands for. Without any, everybody may pass.
    ///   - leases: What has to be kept as long as the tokens are accepted.
    package init(_ tokens: [(token: String, principal: Principal)], leases: [any Sendable] = []) {
        self.init(tokens.isEmpty ? nil : List(tokens, leases))
    }

    /// Whoever may pass at one of several places may pass.
    ///
    /// - Parameter all: What each place accepts. Without any, nobody passes.
    package static func union(_ all: [RouteTokens]) -> RouteTokens {
        var tokens: [(token: String, principal: Principal)] = []
        var known: Set<Principal> = []
        for list in all.compactMap(\.list) {
            for (token, principal) in zip(list.tokens, list.principals) where known.insert(principal).inserted {
                tokens.append((String(decoding: token, as: UTF8.self), principal))
            }
        }
        let admitsOthers = all.contains { $0.list == nil || $0.admitsOthers }
        if tokens.isEmpty, admitsOthers { return RouteTokens([]) }
        return RouteTokens(List(tokens, all.compactMap(\.list)), admitsOthers: admitsOthers)
    }

    /// Who may use what these tokens open.
    package var access: Access {
        guard let list, !admitsOthers else { return .everybody }
        return .holders(Set(list.principals))
    }

    /// Whether everybody may pass.
    package var isEmpty: Bool { list == nil }

    /// Whether somebody who was let in may stay.
    package func admits(_ principal: Principal) -> Bool {
        guard let list else { return principal == .anonymous }
        return list.principals.contains(principal) || admitsOthers && principal == .anonymous
    }

    /// Whether everybody whom these tokens let in may stay with other tokens.
    func areCovered(by others: RouteTokens) -> Bool {
        guard let list else { return others.admits(.anonymous) }
        return list.principals.allSatisfy(others.admits) && (!admitsOthers || others.admits(.anonymous))
    }

    /// The only one who may pass, where there is only one: everybody is the same where no token is asked for.
    package var onlyPrincipal: Principal {
        guard let list, list.principals.count == 1, !admitsOthers else { return .anonymous }
        return list.principals[0]
    }

    /// Who shows this `Authorization` header; nil when nobody who may pass.
    ///
    /// The token may come with or without `Bearer `. Every token is compared in full, so that the time taken tells
    /// nothing.
    package func principal(authorization: String?) -> Principal? {
        guard let list else { return .anonymous }
        return list.principal(authorization: authorization) ?? (admitsOthers ? .anonymous : nil)
    }
}

extension RouteTokens.List {
    fileprivate func principal(authorization: String?) -> Principal? {
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
