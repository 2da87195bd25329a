extension SourceFile {
    /// A type of which the compiler is told to believe that it may cross event loops.
    struct UncheckedType {
        let name: String
        let conformances: [String]
    }

    /// The declarations that say `@unchecked Sendable`.
    var uncheckedTypes: [UncheckedType] {
        code.indices.filter { code[$0].contains("@unchecked Sendable") }.map { index in
            // The list of conformances may take several lines.
            let kinds: Set<Substring> = ["class", "struct", "enum", "extension", "actor"]
            let start = code[...index].lastIndex { $0.split(separator: " ").contains(where: kinds.contains) } ?? index
            let words = code[start...index].joined(separator: " ").split {
                $0 == " " || $0 == ":" || $0 == "," || $0 == "{"
            }
            let name = words.firstIndex(where: kinds.contains).map { words.dropFirst($0 + 1).first ?? "" } ?? ""
            return UncheckedType(
                name: String(name), conformances: words.drop { $0 != name }.dropFirst().map(String.init))
        }
    }

    /// The protocols that inherit from another one, as far as they are declared in this file.
    func protocols(inheriting name: String) -> [String] {
        code.compactMap { line in
            let words = line.split { $0 == " " || $0 == ":" || $0 == "," || $0 == "{" }
            guard let kind = words.firstIndex(of: "protocol"), words.dropFirst(kind + 2).contains(Substring(name))
            else {
                return nil
            }
            return words.dropFirst(kind + 1).first.map(String.init)
        }
    }

    /// The lines, counted from 1, with functions named `run` for which their caller does not wait with `await`.
    var unawaitedRuns: [Int] {
        code.indices.filter { index in
            guard code[index].contains("func run(") || code[index].contains("func run<") else { return false }
            var head = ""
            for line in code[index...] {
                head += " \(line)"
                if line.contains("{") { break }
            }
            return !head.split(separator: " ").contains { $0 == "async" }
        }.map { $0 + 1 }
    }
}
