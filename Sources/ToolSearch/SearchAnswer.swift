/// What a search has found.
package struct SearchAnswer: Sendable {
    /// One tool that was found.
    package struct Match: Sendable, Equatable {
        /// The number by which the index calls the tool.
        package let number: Int
        /// The higher, the better; only to be compared within one answer.
        package let score: Double

        /// The score as people and clients are shown it: no more digits than tell tools apart.
        package var shownScore: Double { (score * 1_000).rounded() / 1_000 }
    }

    /// Best first; of those that are equally good that which was added first.
    package let found: [Match]
    /// The words of the query, as they were written, that none of the tools has that were searched: neither the word nor
    /// its stem nor another word for it.
    package let unmatched: [String]
}
