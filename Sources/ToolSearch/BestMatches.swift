/// The best of many matches, kept in a heap with the worst of them on top.
struct BestMatches {
    private let limit: Int
    private var heap: [SearchAnswer.Match] = []

    init(_ limit: Int) {
        self.limit = max(limit, 0)
    }

    /// Takes a match, if it is better than the worst that is kept.
    mutating func offer(_ match: SearchAnswer.Match) {
        if heap.count < limit {
            heap.append(match)
            rise(heap.count - 1)
        } else if let worst = heap.first, Self.isBetter(match, worst) {
            heap[0] = match
            sink()
        }
    }

    /// Best first.
    func sorted() -> [SearchAnswer.Match] { heap.sorted(by: Self.isBetter) }

    private static func isBetter(_ left: SearchAnswer.Match, _ right: SearchAnswer.Match) -> Bool {
        left.score != right.score ? left.score > right.score : left.number < right.number
    }

    private mutating func rise(_ start: Int) {
        var child = start
        while child > 0, case let parent = (child - 1) / 2, Self.isBetter(heap[parent], heap[child]) {
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var worst = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && Self.isBetter(heap[worst], heap[child]) {
                worst = child
            }
            guard worst != parent else { return }
            heap.swapAt(parent, worst)
            parent = worst
        }
    }
}
