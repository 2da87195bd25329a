/// Who calls, as far as it can be told.
///
/// A static token is a principal of its own; callers without one are all the same anonymous principal. The name
/// never holds the token.
package struct Principal: Hashable, Sendable {
    package let name: String

    package init(name: String) {
        self.name = name
    }

    package static let anonymous = Principal(name: "anonymous")

    /// The holder of a token: the same one wherever that token is accepted.
    package static func token(number: Int) -> Principal {
        Principal(name: "token \(number + 1)")
    }
}
