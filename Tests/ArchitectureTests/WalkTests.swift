import Foundation
import Testing

/// The lists of steps in docs/architecture.md, and what the files of those steps say of themselves.
@Suite struct WalkTests {
    /// One step: its number, and the type that takes it.
    private struct Step: Hashable {
        let number: Int
        let type: String
    }

    /// What a file says of the steps of its main type.
    private struct Sign {
        let type: String
        let numbers: [Int]
        let count: Int
        let isModern: Bool
        let text: String
    }

    @Test("The steps of a call are complete, and each is that of the type which says so")
    func session() throws {
        let steps = try list(after: "The same as a list")
        #expect(steps.map(\.number) == Array(1...17))
        let signs = try signs().filter { !$0.isModern }
        #expect(Set(signs.flatMap { sign in sign.numbers.map { Step(number: $0, type: sign.type) } }) == Set(steps))
        check(signs, steps)
    }

    @Test("The steps of a modern call are those of a call, but for its own, which are told in the same way")
    func modern() throws {
        let session = try list(after: "The same as a list")
        let own = try list(after: "A request of revision 2026-07-28")
        let signs = try signs().filter(\.isModern)
        #expect(Set(signs.flatMap { sign in sign.numbers.map { Step(number: $0, type: sign.type) } }) == Set(own))
        var steps = own
        for (own, others) in try ranges() {
            #expect(own.count == others.count)
            for (number, other) in zip(own, others) {
                let step = try #require(session.first { $0.number == other })
                steps.append(Step(number: number, type: step.type))
            }
        }
        steps.sort { $0.number < $1.number }
        #expect(steps.map(\.number) == Array(1...19))
        check(signs, steps)
    }

    @Test("The files that the lists name are there")
    func files() throws {
        let links = try chapter().components(separatedBy: "](../").dropFirst().compactMap {
            $0.components(separatedBy: ")").first
        }
        #expect(links.count > 20)
        for link in links { #expect(SourceFile.text(at: link) != nil, "\(link)") }
    }

    /// Whether each sign counts the steps rightly and names the types before and after them.
    private func check(_ signs: [Sign], _ steps: [Step]) {
        for sign in signs {
            #expect(sign.count == steps.count, "\(sign.type): \(sign.text)")
            for number in sign.numbers {
                for neighbour in steps where abs(neighbour.number - number) == 1 && neighbour.type != sign.type {
                    #expect(sign.text.contains("``\(neighbour.type)``"), "\(sign.type) and \(neighbour.type)")
                }
            }
        }
    }

    /// What the files of the program say, each in the first line of the comment of the type that it is named for.
    private func signs() throws -> [Sign] {
        let signs = try SourceFile.sources.flatMap { file in
            try file.lines.enumerated().compactMap { number, line -> Sign? in
                guard line.hasPrefix("/// Step"), line.contains(" of a call:") || line.contains(" of a modern call:")
                else { return nil }
                let declaration = try #require(file.code.dropFirst(number).first { $0.contains { $0.isLetter } })
                let name = try #require(file.path.split(separator: "/").last?.dropLast(".swift".count))
                #expect(declaration.contains(" \(name)"), "\(file.path) does not say it of its main type")
                let numbers = line.prefix { $0 != ":" }.split { !$0.isNumber }.compactMap { Int($0) }
                return Sign(
                    type: String(name), numbers: numbers.dropLast(), count: numbers.last ?? 0,
                    isModern: line.contains(" modern "), text: line)
            }
        }
        #expect(signs.count > 10)
        return signs
    }

    // MARK: The page

    private func chapter() throws -> String {
        let page = try #require(SourceFile.text(at: "docs/architecture.md"))
        return try #require(page.components(separatedBy: "## The way of a request\n").dropFirst().first)
            .components(separatedBy: "\n## ")[0]
    }

    /// The rows of the table that follows some words, without its head.
    private func rows(after words: String) throws -> [[String]] {
        let text = try #require(chapter().components(separatedBy: words).dropFirst().first)
        let table = text.components(separatedBy: "\n").drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }
        return table.dropFirst(2).map { row in
            row.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map {
                $0.trimmingCharacters(in: .whitespaces)
            }
        }
    }

    /// The steps that stand in a list with their types.
    private func list(after words: String) throws -> [Step] {
        let steps = try rows(after: words).compactMap { row in
            Int(row[0]).map { Step(number: $0, type: row[1].filter { $0 != "`" }) }
        }
        #expect(Set(steps).count == steps.count)
        return steps
    }

    /// Which steps of a modern call are which of the other list.
    private func ranges() throws -> [(ClosedRange<Int>, ClosedRange<Int>)] {
        try rows(after: "A request of revision 2026-07-28").compactMap { row in
            guard let own = range(in: row[0]) else { return nil }
            return (own, range(in: row[2]) ?? own)
        }
    }

    /// Two numbers with "to" between them.
    private func range(in text: String) -> ClosedRange<Int>? {
        let words = text.split { $0 == " " || $0 == "," }
        guard let to = words.firstIndex(of: "to"), to > 0, to + 1 < words.count, let first = Int(words[to - 1]),
            let last = Int(words[to + 1]), first <= last
        else { return nil }
        return first...last
    }
}
