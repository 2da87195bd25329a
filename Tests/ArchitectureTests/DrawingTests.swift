import Foundation
import Testing

/// The drawings in docs/architecture.md, which newcomers follow through the code.
@Suite struct DrawingTests {
    /// Words of the drawings that name a thing and not a type of ours.
    private static let others: Set<String> = ["ByteBuffer", "Host", "Origin", "HTTP"]

    @Test("Every type that a drawing of the way of a request names exists")
    func types() throws {
        let drawings = try drawings()
        #expect(drawings.count == 3, "the way of a request, over standard streams, and of what is said unasked")
        let declared = Set(SourceFile.sources.flatMap(\.declaredTypes))
        let named = drawings.flatMap { $0.flatMap(Self.typeNames) }.filter { !Self.others.contains($0) }
        #expect(named.count > 40)
        #expect(Set(named).subtracting(declared).isEmpty, "these are in a drawing and nowhere else")
    }

    /// The lines of the drawings in the chapter, each drawing for itself.
    private func drawings() throws -> [[Substring]] {
        let page = try #require(SourceFile.text(at: "docs/architecture.md"))
        let chapter = try #require(page.components(separatedBy: "## The way of a request\n").dropFirst().first)
            .components(separatedBy: "\n## ")[0]
        let parts = chapter.components(separatedBy: "```")
        return parts.indices.filter { $0 % 2 == 1 }.map { parts[$0].split(separator: "\n") }
    }

    /// The words of a line that begin with a capital and hold small letters: those at its beginning, before its
    /// explanation, and what an arrow leads to.
    private static func typeNames(_ line: Substring) -> [String] {
        let beginning = line.drop { !$0.isLetter }
        let explanation = beginning.ranges(of: "  ").first?.lowerBound ?? beginning.endIndex
        let places =
            [beginning[..<explanation]] + line.split(separator: "→", omittingEmptySubsequences: false).dropFirst()
        return places.flatMap { place in
            place.split { !$0.isLetter }.map(String.init).filter {
                $0.first?.isUppercase == true && $0.contains(where: \.isLowercase)
            }
        }
    }
}
