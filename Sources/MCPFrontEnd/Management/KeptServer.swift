package import NIOCore

/// Marks who added a server, known by the same mark after a restart, when principals have other numbers.
package struct OwnerMark: Sendable, Hashable {
    /// Everybody who has shown no token.
    package static let anonymous = OwnerMark("anonymous")

    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

/// One server that was added over the API, as it is kept for the next start.
package struct KeptServer: Sendable, Equatable {
    package let name: String
    /// The object that the client sent, as it came.
    package let configuration: ByteBuffer
    package var isDisabled: Bool
    /// Who added it; nil when the file does not say.
    package var owner: OwnerMark?
    /// Whether it asked for tokens when it was kept; then it never comes back open.
    package var hadTokens: Bool

    package init(
        name: String, configuration: ByteBuffer, isDisabled: Bool, owner: OwnerMark?, hadTokens: Bool
    ) {
        self.name = name
        self.configuration = configuration
        self.isDisabled = isDisabled
        self.owner = owner
        self.hadTokens = hadTokens
    }
}
