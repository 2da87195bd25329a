import Testing

/// The rules of the style guide that a machine can check.
@Suite struct StyleTests {
    /// Files that are longer than 400 lines. May only shrink.
    private static let knownLongFiles: Set<String> = []

    /// Declarations that were without documentation when this rule came, as `path: declaration`. May only shrink: one
    /// that has been documented meanwhile must leave the list.
    private static let knownUndocumented: Set<String> = []

    private static let everything = SourceFile.sources + SourceFile.tests

    @Test("No file is longer than 400 lines", arguments: everything)
    func length(file: SourceFile) {
        guard !Self.knownLongFiles.contains(file.path) else { return }
        #expect(file.lines.count <= 401, "two things live in it: look for the seam")
    }

    @Test("Nothing that a client, a server or a file can cause ends the program", arguments: SourceFile.sources)
    func noTraps(file: SourceFile) {
        for (number, line) in file.code.enumerated() {
            #expect(!line.contains("try!"), "line \(number + 1)")
            #expect(!line.contains("as!"), "line \(number + 1)")
            #expect(!line.contains("fatalError("), "line \(number + 1)")
            #expect(!hasForceUnwrap(line), "line \(number + 1): \(line)")
        }
    }

    /// Whether an exclamation mark follows an operand and is not part of `!=`.
    private func hasForceUnwrap(_ line: String) -> Bool {
        let characters = Array(line)
        for (index, character) in characters.enumerated() where character == "!" && index > 0 {
            let before = characters[index - 1]
            let after = index + 1 < characters.count ? characters[index + 1] : " "
            if before.isLetter || before.isNumber || before == ")" || before == "]" || before == "_", after != "=" {
                return true
            }
        }
        return false
    }

    @Test("Every try? says why losing the error is right", arguments: SourceFile.sources)
    func reasons(file: SourceFile) {
        // With the space before it, so that a type such as `Entry?` is none.
        for (number, line) in file.code.enumerated() where " \(line)".contains(" try?") || line.contains("(try?") {
            let near = file.lines[max(0, number - 3)...number]
            #expect(near.contains { $0.contains("//") }, "line \(number + 1)")
        }
    }

    @Test("No text is matched by an engine that may try for ever", arguments: SourceFile.sources)
    func linearMatching(file: SourceFile) {
        for (number, line) in file.code.enumerated() {
            #expect(
                !["Regex(", "Regex<", "NSRegularExpression", "wholeMatch(", "firstMatch(", "RegexBuilder"].contains {
                    line.contains($0)
                }, "line \(number + 1)")
        }
    }

    @Test("Every task beside the structure says why", arguments: SourceFile.sources)
    func tasks(file: SourceFile) {
        for (number, line) in file.code.enumerated()
        where line.contains("Task {") && !line.contains("addTask {") || line.contains("Task.detached") {
            let near = file.lines[max(0, number - 6)...number]
            #expect(near.contains { $0.contains("//") }, "line \(number + 1)")
        }
    }

    /// A function that stands in a generic container as it is, or is passed `inout`, is wrapped once more at every look,
    /// for ever: after some ten thousand looks a call needs more stack than there is. Inside a struct it is not touched.
    @Test("A function stands in a generic container only inside a type of its own", arguments: SourceFile.sources)
    func storedFunctions(file: SourceFile) {
        for (number, line) in file.code.enumerated() {
            #expect(!FunctionContainer.isWritten(in: line), "line \(number + 1): \(line)")
        }
    }

    @Test("A function in a generic container is seen, however it is written, and nothing else is taken for one")
    func seesStoredFunctions() {
        for line in [
            "let a: Mutex<() -> Void>", "let a: Mutex<Upstream.LinkFactory>",
            "let a = Mutex<(@Sendable () -> Void)?>(nil)",
            "let a = NIOLockedValueBox<[Int: LinkFactory]>([:])", "let a = NIOLoopBoundBox<Upstream.LinkFactory>(f)",
            "func a(_ b: inout () -> Void)", "func a(_ b: inout Upstream.LinkFactory)", "let a = Mutex({ 1 })",
        ] {
            #expect(FunctionContainer.isWritten(in: line), "\(line)")
        }
        for line in [
            "let a: Mutex<State>", "let a: (Mutex<Int>) -> Void", "func a(_ b: inout State) -> Void",
            "var a: [() -> Void] = []",
            "let a: LinkFactory", "let a = Mutex(State())",
        ] {
            #expect(!FunctionContainer.isWritten(in: line), "\(line)")
        }
    }

    @Test("What is left to do carries the number of its issue", arguments: everything)
    func todo(file: SourceFile) {
        for (number, line) in file.lines.enumerated() where line.contains("TODO") && !file.path.contains("StyleTests") {
            #expect(line.contains("#") && line.contains { $0.isNumber }, "line \(number + 1)")
        }
        #expect(!file.lines.contains { $0.contains("FIXME" + ":") })
    }

    @Test("Every declaration that other targets may use is documented", arguments: SourceFile.sources)
    func documented(file: SourceFile) {
        var known = Self.knownUndocumented.filter { $0.hasPrefix("\(file.path): ") }
        for (number, line) in file.code.enumerated() {
            guard let declaration = declaration(in: line), needsWords(declaration) else { continue }
            var above = number - 1
            while above >= 0, isAttribute(file.lines[above]) { above -= 1 }
            let isDocumented = above >= 0 && file.lines[above].drop { $0 == " " }.hasPrefix("///")
            guard !isDocumented else { continue }
            let isKnown = known.remove("\(file.path): \(declaration)") != nil
            #expect(isKnown, "line \(number + 1): \(declaration)")
        }
        #expect(known.isEmpty, "documented now, so they must leave the list of known violations")
    }

    /// The declaration that a line begins, when it is visible to other targets.
    private func declaration(in line: String) -> String? {
        let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
        guard let first = words.first, first == "package" || first == "public" else { return nil }
        let modifiers: Set<Substring> = [
            "package", "public", "static", "final", "mutating", "internal(set)", "private(set)", "indirect",
            "nonisolated", "convenience",
        ]
        let rest = words.drop { modifiers.contains($0) || $0.hasSuffix("(set)") }
        guard let keyword = rest.first else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "typealias", "actor", "let", "var"]
        guard kinds.contains(keyword), let name = rest.dropFirst().first else { return nil }
        let plain = name.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        return "\(keyword) \(plain)"
    }

    /// Types, protocols and functions need words; a plain property explains itself by its name, an operator by its
    /// sign, and what a protocol demands is documented there.
    private func needsWords(_ declaration: String) -> Bool {
        if declaration.hasPrefix("let ") || declaration.hasPrefix("var ") || declaration == "func " { return false }
        return !Self.demanded.contains(declaration)
    }

    /// What protocols of this package and of its libraries demand.
    private static let demanded: Set<String> = {
        var found: Set<String> = [
            "func channelRead", "func channelActive", "func channelInactive", "func errorCaught", "func hash",
        ]
        for file in SourceFile.sources {
            var depth = 0
            var isInside = false
            for line in file.code {
                if line.contains("protocol ") { isInside = true }
                if isInside, depth > 0 {
                    let words = line.split(separator: " ").drop { $0 == "static" || $0 == "mutating" }
                    if words.first == "func", let name = words.dropFirst().first {
                        found.insert("func \(name.prefix { $0.isLetter || $0.isNumber })")
                    }
                }
                if isInside {
                    depth += line.count { $0 == "{" } - line.count { $0 == "}" }
                    if depth == 0, line.contains("}") { isInside = false }
                }
            }
        }
        return found
    }()

    private func isAttribute(_ line: String) -> Bool {
        line.drop { $0 == " " }.hasPrefix("@")
    }

    @Test("Every test says in a sentence what comes out", arguments: SourceFile.tests)
    func displayNames(file: SourceFile) {
        for (number, line) in file.lines.enumerated() where line.drop(while: { $0 == " " }) == "@Test" {
            Issue.record("line \(number + 1): a test without a display name")
        }
        for (number, line) in file.code.enumerated() where line.contains("@Test func") {
            Issue.record("line \(number + 1): a test without a display name")
        }
    }

    @Test("No test waits by sleeping", arguments: SourceFile.tests)
    func noSleep(file: SourceFile) {
        for (number, line) in file.code.enumerated() where line.contains("sleep(") {
            // Time limits, and questions to the kernel that no event answers.
            let isLimit = file.lines[max(0, number - 3)...number].contains { $0.contains("limit") || $0.contains("//") }
            #expect(isLimit, "line \(number + 1)")
        }
    }

    @Test("Every package that is fetched is pinned to one version")
    func pinned() {
        let packages = SourceFile.manifest?.lines.filter { $0.contains(".package(url:") } ?? []
        #expect(!packages.isEmpty)
        for line in packages { #expect(line.contains("exact:"), "\(line)") }
    }
}
