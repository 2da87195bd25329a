/// How much two sequences of values have in common where they begin and where they end.
enum CommonEnds {
    /// - Returns: How many values are the same at the beginning, and how many of the others at the end.
    static func find<Value>(_ old: [Value], _ new: [Value], _ areSame: (Value, Value) -> Bool) -> (first: Int, end: Int)
    {
        let shorter = min(old.count, new.count)
        let first = (0..<shorter).first { !areSame(old[$0], new[$0]) } ?? shorter
        let rest = shorter - first
        let end = (0..<rest).first { !areSame(old[old.count - 1 - $0], new[new.count - 1 - $0]) } ?? rest
        return (first, end)
    }
}
