package import MCPValues
package import NIOCore

/// Names who calls, as far as it can be told: the same one with whatever token they come.
///
/// A token that stands at a server (`authTokens`) is a principal of its own; callers without one are all the same
/// anonymous principal. Sessions, calls that wait and tasks are bound to the principal, never to a token.
package struct Principal: Sendable {
    private let standing: Standing

    package init(_ standing: Standing) {
        self.standing = standing
    }

    /// Somebody who has no rights but those that their token has where it stands.
    package init(name: String) {
        self.init(Standing(name: name))
    }

    package static let anonymous = Principal(name: "anonymous")

    /// Returns the holder of a token: the same one wherever that token is accepted.
    package static func token(number: Int) -> Principal {
        Principal(name: "token \(number + 1)")
    }

    /// For logs; never holds a token.
    package var name: String { standing.name }

    /// Whether they are one of the clients that the operator has named (`mcpProxy.clients`): what such a client may not
    /// use looks to it as if it did not exist.
    package var isNamed: Bool { standing.isNamed }

    /// What they may do now wherever they come, beside what their token opens where it stands.
    package var rights: Rights { standing.isNamed ? standing.rights : .none }

    /// What they might do with one scope more than their token has.
    var wider: [ScopedRights] { standing.isNamed ? standing.wider : [] }

    /// Which tools they may use of a server that they may use.
    package var tools: ToolRights { standing.isNamed ? standing.rights.tools : .all }

    /// Takes one call from what they may ask for in a minute.
    ///
    /// - Returns: nil, or in how many seconds there will be one when there is none.
    package func takeCall(at now: NIODeadline = .now()) -> Int? { standing.isNamed ? standing.takeCall(at: now) : nil }

    /// Tells whether it is to be told in the log that there was none: once a minute.
    func tellsOfTooMany(at now: NIODeadline = .now()) -> Bool { standing.tellsOfTooMany(at: now) }
}

extension Principal: Hashable {
    package static func == (left: Principal, right: Principal) -> Bool {
        left.standing === right.standing
            || left.standing.hash == right.standing.hash && left.name.hasBytes(of: right.name)
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(standing.hash) }
}
