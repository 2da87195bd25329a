import Testing

/// What a reader who looks for something may rely on: where a type is, and that a function fits on a screen.
@Suite struct ShapeTests {
    private static let maximumLines = 50

    @Test("A file holds the type that it is named for, or extends it", arguments: SourceFile.sources)
    func names(file: SourceFile) throws {
        let name = try #require(file.path.split(separator: "/").last?.dropLast(".swift".count))
        let type = name.prefix { $0 != "+" }
        let declared = file.declaredTypes + file.extendedTypes
        #expect(declared.contains(String(type)), "it declares \(declared.prefix(4).joined(separator: ", "))")
    }

    @Test("No function is longer than 50 lines", arguments: SourceFile.sources + SourceFile.cSources)
    func functions(file: SourceFile) {
        for function in file.functions where function.lines > Self.maximumLines {
            Issue.record("line \(function.number): \(function.lines) lines, that is several steps under one name")
        }
    }

    @Test("No file in C is longer than 400 lines", arguments: SourceFile.cSources)
    func length(file: SourceFile) {
        #expect(file.lines.count <= 401, "two things live in it: look for the seam")
    }

    @Test("Functions are seen in both languages, with their length")
    func seen() {
        let swift = SourceFile(
            path: "a.swift",
            text: "struct A {\n    package func b(\n        c: Int\n    ) {\n        d()\n    }\n\n    init() {}\n}\n")
        #expect(swift.functions.map(\.number) == [2, 8])
        #expect(swift.functions.map(\.lines) == [5, 1])
        let c = SourceFile(path: "a.c", text: "int a(void) { return 1; }\n\nstatic int b(int c) {\n    return c;\n}\n")
        #expect(c.functions.map(\.number) == [3])
        #expect(c.functions.map(\.lines) == [3])
        #expect(
            SourceFile.cSources.flatMap(\.functions).count > 20 && SourceFile.sources.flatMap(\.functions).count > 1_000
        )
    }
}
