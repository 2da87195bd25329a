import Testing

/// How documentation comments are written in the targets through which requests go.
@Suite struct SentenceTests {
    private static let targets: Set<String> = ["MCPUpstream", "MCPGateway", "MCPFrontEnd"]

    /// Words with which a clause begins that is no sentence: "Which connection serves whom" says neither who chooses nor
    /// that something is chosen.
    private static let openings: Set<Substring> = [
        "Which", "What", "Whether", "How", "Who", "Whose", "Whom", "Where", "When", "Why", "That", "To", "From", "On",
        "Of", "By", "For", "With", "At", "In", "As", "Else",
    ]

    @Test(
        "The summary of a type or a function is a sentence about what it does",
        arguments: SourceFile.sources.filter { targets.contains($0.target) })
    func summaries(file: SourceFile) {
        for (number, summary) in Self.summaries(of: file) {
            let first = summary.prefix { $0.isLetter }
            #expect(!Self.openings.contains(first), "line \(number + 1): \(summary)")
        }
    }

    @Test("Summaries are seen, those of types and functions and no others")
    func seen() {
        let file = SourceFile(
            path: "a.swift",
            text: """
                /// What a is.
                struct A {
                    /// Whether it is b.
                    var b = false

                    /// Says c.
                    ///
                    /// - Returns: C.
                    @discardableResult
                    func c() -> Int { 1 }
                }
                """)
        #expect(Self.summaries(of: file).map(\.text) == ["What a is.", "Says c."])
        #expect(SourceFile.sources.flatMap { Self.summaries(of: $0) }.count > 2_000)
    }

    /// The first lines of the comments of types and functions; of a comment that says first which step of a call its type
    /// is, the line after that.
    private static func summaries(of file: SourceFile) -> [(number: Int, text: String)] {
        let lines = file.lines.map { $0.drop { $0 == " " } }
        var found: [(Int, String)] = []
        for number in lines.indices where isComment(lines[number]) && (number == 0 || !isComment(lines[number - 1])) {
            guard let end = lines[number...].firstIndex(where: { !isComment($0) }),
                let declaration = lines[end...].first(where: { !$0.hasPrefix("@") }), isTypeOrFunction(declaration)
            else { continue }
            let start = lines[number].hasPrefix("/// Step") && end > number + 2 ? number + 2 : number
            found.append((start, String(lines[start].dropFirst(4))))
        }
        return found
    }

    private static func isComment(_ line: Substring) -> Bool { line.hasPrefix("///") }

    private static func isTypeOrFunction(_ declaration: Substring) -> Bool {
        let words = declaration.prefix { $0 != "(" && $0 != "{" && $0 != "=" }.split(separator: " ")
        return words.contains { ["func", "struct", "class", "enum", "protocol", "actor", "typealias"].contains($0) }
    }
}
