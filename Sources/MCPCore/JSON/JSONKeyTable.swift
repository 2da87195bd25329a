/// Remembers the member names of the objects that are open, to notice one that comes twice.
///
/// A small object is searched in order; a large one through a set of seeded hashes, so that nobody can choose
/// names that make the search slow.
struct JSONKeyTable {
    private static let searchedInOrder = 16

    private var names: [UInt64] = []
    private var larger: [Set<UInt64>] = []
    private var start = 0

    /// Starts an object inside the current one. Returns what `closeObject` needs to go back.
    mutating func openObject() -> Int {
        let outer = start
        start = names.count
        names.append(UInt64(outer))
        start = names.count
        return outer
    }

    /// Ends the innermost object.
    mutating func closeObject(_ outer: Int) {
        if names.count - start > Self.searchedInOrder { larger.removeLast() }
        names.removeLast(names.count - start + 1)
        start = outer
    }

    /// Adds a name to the innermost object. Returns false when it is there already.
    ///
    /// Names are compared by 64-bit seeded hashes: two different ones are taken for the same once in 10¹⁹ times.
    mutating func insert(_ name: UnsafeRawBufferPointer) -> Bool {
        var hasher = Hasher()
        unsafe hasher.combine(bytes: name)
        let hash = UInt64(bitPattern: Int64(hasher.finalize()))
        let count = names.count - start
        if count < Self.searchedInOrder {
            for index in start..<names.count where names[index] == hash { return false }
            names.append(hash)
            return true
        }
        if count == Self.searchedInOrder { larger.append(Set(names[start...])) }
        guard larger[larger.count - 1].insert(hash).inserted else {
            // Keeps the invariant that closeObject reads: the set exists once the count has passed the bound.
            names.append(hash)
            return false
        }
        names.append(hash)
        return true
    }
}
