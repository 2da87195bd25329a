/// A table of few keys, which are found sooner one after another than by their hashes.
struct FewEntries<Key: Equatable & Sendable, Value: Sendable>: Sendable {
    private let start: Value
    private(set) var entries: [(key: Key, value: Value)] = []

    /// - Parameter start: What a key has as its value that is new.
    init(startingAt start: Value) { self.start = start }

    /// Changes the value of a key.
    mutating func add(_ key: Key, _ change: (inout Value) -> Void) {
        let place: Int
        if let known = entries.firstIndex(where: { $0.key == key }) {
            place = known
        } else {
            place = entries.endIndex
            entries.append((key, start))
        }
        change(&entries[place].value)
    }
}
