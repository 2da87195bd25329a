/// The candidate that the text was most likely meant to be, or nil if none is near.
///
/// Distance counts insertions, deletions, replacements and swaps of neighbours (Damerau–Levenshtein, restricted), without
/// regard to case; one slip in three characters is allowed. Of equally near candidates the first is taken.
package func nearestKey(to text: String, in candidates: [String]) -> String? {
    let lowered = Array(text.lowercased().unicodeScalars.prefix(65))
    guard !lowered.isEmpty, lowered.count <= 64 else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
        let bound = min(best.map { $0.distance - 1 } ?? 3, max(1, lowered.count / 3))
        let other = Array(candidate.lowercased().unicodeScalars)
        if let distance = editDistance(lowered, other, bound: bound) {
            best = (candidate, distance)
        }
    }
    return best?.candidate
}

/// The number of slips between two texts, or nil if it is more than the bound.
func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar], bound: Int) -> Int? {
    guard bound >= 0, abs(first.count - second.count) <= bound else { return nil }
    var beforePrevious: [Int] = []
    var previous = Array(0...second.count)
    for row in 0..<first.count {
        var current = [row + 1]
        for column in 0..<second.count {
            let replaced = previous[column] + (first[row] == second[column] ? 0 : 1)
            var cost = min(previous[column + 1] + 1, current[column] + 1, replaced)
            if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                cost = min(cost, beforePrevious[column - 1] + 1)
            }
            current.append(cost)
        }
        guard current.contains(where: { $0 <= bound }) else { return nil }
        beforePrevious = previous
        previous = current
    }
    return previous[second.count] <= bound ? previous[second.count] : nil
}
