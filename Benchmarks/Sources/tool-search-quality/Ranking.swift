import MCPCore
import NIOCore
import ToolSearch

/// A way to rank tools: gives the places of the best ten for a query.
protocol Ranking {
    func best(_ query: String) -> [Int]
}

extension SearchIndex: Ranking {
    init(_ tools: [SearchData.Tool], _ tuning: SearchTuning, withServers: Bool = false) {
        self.init(tuning)
        for tool in tools { _ = add(withServers ? tool.offered : tool.definition) }
    }

    func best(_ query: String) -> [Int] {
        search(query.utf8, limit: 10) { _ in true }.found.map(\.number)
    }
}

extension SearchData.Tool {
    /// The definition under the name that an endpoint over many servers offers it under, without its bound on the length.
    var offered: JSONView {
        var object = JSONObjectWriter()
        definition.forEachMember { member, value in
            if member == "name" {
                object.add(member, "\(server)__\(name)")
            } else {
                object.add(member, json: value.bytes)
            }
        }
        return JSONText(accepted: object.finished).root
    }
}

/// What the simplest search would do: counts the query's words that stand anywhere in the text.
struct SubstringRanking: Ranking {
    private let texts: [[UInt8]]

    init(_ tools: [SearchData.Tool]) {
        texts = tools.map { Array(PlainWords.text(of: $0.definition).lowercased().utf8) }
    }

    func best(_ query: String) -> [Int] {
        let words = Set(PlainWords.split(query)).map { Array($0.utf8) }
        return texts.map { text in Double(words.count { text.firstRange(of: $0) != nil }) }.bestPlaces
    }
}

/// Okapi BM25 over all of a tool's text, without stems and stop words: k1 = 1.5, b = 0.75.
struct OkapiRanking: Ranking {
    private let counts: [[String: Double]]
    private let lengths: [Double]
    private let having: [String: Double]

    init(_ tools: [SearchData.Tool]) {
        let words = tools.map { PlainWords.split(PlainWords.text(of: $0.definition)) }
        lengths = words.map { Double($0.count) }
        counts = words.map { $0.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
        having = counts.reduce(into: [:]) { sum, words in
            for word in words.keys { sum[word, default: 0] += 1 }
        }
    }

    func best(_ query: String) -> [Int] {
        let average = lengths.reduce(0, +) / Double(lengths.count)
        var scores = [Double](repeating: 0, count: counts.count)
        for word in PlainWords.split(query) {
            guard let having = having[word] else { continue }
            let rarity = logarithm(1 + (Double(counts.count) - having + 0.5) / (having + 0.5))
            for place in counts.indices {
                guard let count = counts[place][word] else { continue }
                scores[place] += rarity * count * 2.5 / (count + 1.5 * (0.25 + 0.75 * lengths[place] / average))
            }
        }
        return scores.bestPlaces
    }
}

extension [Double] {
    /// Of the ten highest, the first of equal ones first.
    var bestPlaces: [Int] {
        Array<Int>(indices).sorted { self[$0] != self[$1] ? self[$0] > self[$1] : $0 < $1 }.prefix(10).map { $0 }
    }
}
