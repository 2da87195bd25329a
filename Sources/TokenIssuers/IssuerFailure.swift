/// Why an issuer could not be asked, in words for the operator.
package struct IssuerFailure: Error, Sendable, Equatable {
    package let words: String

    package init(_ words: String) {
        self.words = words
    }
}
