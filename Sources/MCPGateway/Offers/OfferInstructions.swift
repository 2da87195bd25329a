/// Writes how several servers together are used, in one text: the offer's own words, then a section for each server.
enum OfferInstructions {
    /// How many characters all of it has at most: common clients cut there.
    static let maximumLength = 2_048
    /// A section that would be shorter says nothing.
    private static let leastLength = 24

    /// - Parameter sections: What the servers say, in their order.
    /// - Returns: nil when nothing is said.
    static func make(own: String?, _ sections: [(heading: String, text: String)]) -> String? {
        var parts: [String] = []
        if let own, !own.isEmpty { parts.append(cut(own, to: maximumLength)) }
        let left = maximumLength - parts.reduce(0) { $0 + $1.count }
        let frames = sections.map { "## \($0.heading)\n" }
        let room = left - frames.reduce(0) { $0 + $1.count + separator.count }
        let lengths = shares(of: room, among: sections.map(\.text.count))
        for (index, section) in sections.enumerated() where lengths[index] >= min(leastLength, section.text.count) {
            parts.append(frames[index] + cut(section.text, to: lengths[index]))
        }
        return parts.isEmpty ? nil : parts.joined(separator: separator)
    }

    private static let separator = "\n\n"

    /// Shares a length evenly: what a short text does not need, the longer ones get.
    private static func shares(of room: Int, among needs: [Int]) -> [Int] {
        var shares = Array(repeating: 0, count: needs.count)
        var left = max(room, 0)
        var open = needs.count
        for index in needs.indices.sorted(by: { needs[$0] < needs[$1] }) {
            shares[index] = min(needs[index], left / open)
            left -= shares[index]
            open -= 1
        }
        return shares
    }

    /// Returns a text, or as many of its sentences as fit; of a longer sentence, as many of its words.
    private static func cut(_ text: String, to length: Int) -> String {
        guard text.count > length else { return text }
        let head = text.prefix(max(length, 0))
        if let end = lastEnd(of: head) { return String(head[...end]) }
        let word = head.dropLast().lastIndex { $0.isWhitespace } ?? head.endIndex
        return String(head[..<word].prefix(max(length - 1, 0))) + "…"
    }

    private static func lastEnd(of text: Substring) -> Substring.Index? {
        let ends = text.indices.filter { index in
            let next = text.index(after: index)
            return ".!?\n".contains(text[index]) && (next == text.endIndex || text[next].isWhitespace)
        }
        return ends.last
    }
}
