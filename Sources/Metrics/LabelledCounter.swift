import Synchronization

/// Numbers that only grow, one for each of the words that there are.
package final class LabelledCounter<Word: CaseIterable & RawRepresentable<String> & Hashable & Sendable>: Sendable {
    private let numbers = Mutex<[Word: UInt64]>([:])

    package init() {}

    package func add(_ word: Word) { numbers.withLock { $0[word, default: 0] += 1 } }

    /// How many of each there were, those included of which there were none: a rate can only be told of what is there.
    package var current: [(word: String, number: UInt64)] {
        numbers.withLock { numbers in Word.allCases.map { (word: $0.rawValue, number: numbers[$0] ?? 0) } }
    }
}
