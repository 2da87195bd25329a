/// How many of some queries were answered among the first 1, 5 and 10 tools.
struct Recall {
    static let depths = [1, 5, 10]

    private(set) var queries = 0
    private var answered = [0, 0, 0]

    init(of ranking: any Ranking, _ data: SearchData, where isWanted: (SearchData.Query) -> Bool) {
        for query in data.queries where isWanted(query) {
            queries += 1
            let best = ranking.best(query.text)
            let place = best.firstIndex { query.labels.contains(data.tools[$0].label) } ?? .max
            for (index, depth) in Self.depths.enumerated() where place < depth { answered[index] += 1 }
        }
    }

    /// The shares as cells of a table.
    var cells: String {
        answered.map { fixed(Double($0) / Double(max(queries, 1)), 3) }.joined(separator: " | ")
    }

    subscript(depth index: Int) -> Int { answered[index] }
}

/// A number with so many digits behind the point.
func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let rounded = Int((value * Double(scale)).rounded())
    let rest = String(rounded % scale)
    return "\(rounded / scale)." + String(repeating: "0", count: digits - rest.count) + rest
}
