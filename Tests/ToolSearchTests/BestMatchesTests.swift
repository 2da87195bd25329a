import Testing

@testable import ToolSearch

@Suite struct BestMatchesTests {
    @Test("The heap keeps what sorting all would put first", arguments: [0, 1, 2, 5, 17, 300])
    func sorted(limit: Int) {
        var best = BestMatches(limit)
        var all: [SearchAnswer.Match] = []
        var state: UInt32 = 7
        for number in 0..<200 {
            state = state &* 1_664_525 &+ 1_013_904_223
            // Few scores, so that many are equal.
            let match = SearchAnswer.Match(number: number, score: Double(state >> 29))
            all.append(match)
            best.offer(match)
        }
        let expected = all.sorted { $0.score != $1.score ? $0.score > $1.score : $0.number < $1.number }
        #expect(best.sorted() == Array(expected.prefix(limit)))
    }
}
