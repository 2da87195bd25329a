/// One header sent to a remote server; its value is treated as a credential.
package struct HeaderField: Sendable, Equatable, Hashable {
    /// The name as written, a valid HTTP token.
    package var name: String
    /// The value, free of line breaks and NUL.
    package var value: Secret

    /// A header as given; nothing is checked here.
    package init(name: String, value: Secret) {
        self.name = name
        self.value = value
    }
}
