/// Remembers the member names of the objects that are open, to notice one that comes twice.
///
/// A small object is searched in order; a large one through a set of seeded hashes, so that nobody can choose
/// names that make the search slow.
struct JSONKeyTable {
    private static let searchedInOrder = 16

    private var names: [UInt64] = []
    private var larger: [Set<UInt64>] = []
    private var start = 0

    /// What nobody outside knows, so that nobody can make two names look alike. Odd, as a factor has to be.
    private static let seed = UInt64.random(in: 0 ... .max) | 1

    /// Folds eight bytes at a time by multiplication with secret factors; Swift's own hash costs as much as the rest of
    /// reading a short name.
    private static func hash(_ name: UnsafeRawBufferPointer) -> UInt64 {
        var hash = seed &* UInt64(name.count &+ 1)
        var offset = 0
        while offset + 8 <= name.count {
            let word = unsafe name.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            hash = fold(hash ^ word)
            offset += 8
        }
        var tail: UInt64 = 0
        while offset < name.count {
            tail = tail << 8 | UInt64(unsafe name[offset])
            offset += 1
        }
        return fold(fold(hash ^ tail))
    }

    private static func fold(_ value: UInt64) -> UInt64 {
        let product = (value ^ (seed >> 1)).multipliedFullWidth(by: seed)
        return product.high ^ product.low
    }

    /// Starts an object inside the current one, whose place is kept before the new one's names.
    mutating func openObject() {
        names.append(UInt64(start))
        start = names.count
    }

    /// Ends the innermost object.
    mutating func closeObject() {
        if names.count - start > Self.searchedInOrder { larger.removeLast() }
        let outer = Int(names[start - 1])
        names.removeLast(names.count - start + 1)
        start = outer
    }

    /// Adds a name to the innermost object. Returns false when it is there already.
    ///
    /// Names are compared by 64-bit seeded hashes: two different ones are taken for the same once in 10¹⁹ times.
    mutating func insert(_ name: UnsafeRawBufferPointer) -> Bool {
        let hash = unsafe Self.hash(name)
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
