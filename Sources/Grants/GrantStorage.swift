/// Where grants outlive the run: small files by name, each replaced as a whole.
package protocol GrantStorage: Sendable {
    /// What is kept under a name; nil for nothing.
    func read(_ name: String) throws(GrantStorageFailure) -> [UInt8]?

    /// Puts something in the place of what is kept under a name, so that at any time one of them is there.
    func write(_ bytes: [UInt8], as name: String) throws(GrantStorageFailure)

    /// The names that begin with this and under which something is kept.
    func names(startingWith beginning: String) throws(GrantStorageFailure) -> [String]

    func remove(_ name: String) throws(GrantStorageFailure)
}

/// Why something is not kept, or not found again.
package struct GrantStorageFailure: Error, Sendable {
    package let words: String

    package init(_ words: String) {
        self.words = words
    }
}
