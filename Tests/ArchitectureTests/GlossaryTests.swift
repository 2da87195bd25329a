import Foundation
import Testing

/// The glossary in docs/architecture.md, which says what the code means by its own words.
@Suite struct GlossaryTests {
    /// The targets through which requests go, and those beside them that have many words of their own.
    private static let targets: Set<String> = [
        "MCPCore", "MCPValues", "MCPUpstream", "MCPGateway", "MCPFrontEnd", "Grants", "TokenIssuers", "ProxyControl",
    ]

    /// Types of one word that mean what everybody means by them.
    private static let plain: Set<String> = ["Base64", "Hexadecimal", "Countdown", "Method", "Race"]

    /// A type of one word makes that word one of ours: who reads it elsewhere has to know in which sense.
    @Test("Every type whose name is a single word is in the glossary")
    func words() throws {
        let rows = try rows()
        let words = rows.flatMap { $0.names + $0.words.map { $0.filter { $0 != "-" } } }
        let explained = Set(words.map { $0.lowercased() })
        let files = SourceFile.sources.filter { Self.targets.contains($0.target) }
        let types = Set(files.flatMap { file in file.declaredTypes.filter { Self.isOneWord($0, in: file) } })
        #expect(types.count > 30)
        for type in types.subtracting(Self.plain).sorted() {
            let word = type.lowercased()
            #expect(
                explained.contains(word) || explained.contains(String(word.dropLast())), "\(type) is not explained")
        }
        #expect(Self.plain.isSubset(of: types), "these exceptions are none any more")
    }

    @Test("Every type that the glossary names exists, and no word is explained twice")
    func names() throws {
        let rows = try rows()
        #expect(rows.count > 60)
        let declared = Set(SourceFile.sources.flatMap { $0.declaredTypes })
        for name in rows.flatMap(\.names) { #expect(declared.contains(name), "there is no type \(name)") }
        let words = rows.flatMap(\.words)
        for word in words { #expect(words.count { $0 == word } == 1, "\(word) stands there twice") }
    }

    private struct Row {
        /// What is explained.
        let words: [String]
        /// The types that the explanation names.
        let names: [String]
    }

    private func rows() throws -> [Row] {
        let page = try #require(SourceFile.text(at: "docs/architecture.md"))
        let chapter = try #require(page.components(separatedBy: "## Words\n").dropFirst().first)
            .components(separatedBy: "\n## ")[0]
        return chapter.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2).map { line in
            let cells = line.split(separator: "|", maxSplits: 1).map(String.init)
            let words = cells[0].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let parts = cells.count > 1 ? cells[1].components(separatedBy: "`") : []
            let names = parts.indices.filter { $0 % 2 == 1 }.map { parts[$0] }.filter(Self.isType)
            return Row(words: words, names: names)
        }
    }

    /// Whether a text is the name of a type, and not a member, a key or a method of the protocol.
    private static func isType(_ text: String) -> Bool {
        text.first?.isUppercase == true && text.allSatisfy { $0.isLetter || $0.isNumber }
            && text.contains { $0.isLowercase } && !SourceFile.sources.contains { $0.target == text }
    }

    /// Whether a type has a name of one word, and is known beyond its file.
    private static func isOneWord(_ type: String, in file: SourceFile) -> Bool {
        type.dropFirst().allSatisfy { $0.isLowercase || $0.isNumber }
            && !file.code.contains { $0.contains("private ") && $0.contains(" \(type) ") }
    }
}
