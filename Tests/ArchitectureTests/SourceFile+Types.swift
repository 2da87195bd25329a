extension SourceFile {
    /// The types that are declared at the top of the file.
    var declaredTypes: [String] {
        code.compactMap { name(in: $0, after: ["struct", "class", "enum", "actor", "protocol", "typealias", "macro"]) }
    }

    /// The types that are extended in it, each by the first part of its name.
    var extendedTypes: [String] { code.compactMap { name(in: $0, after: ["extension"]) } }

    private func name(in line: String, after kinds: Set<Substring>) -> String? {
        let words = line.split { $0 == " " || $0 == ":" || $0 == "<" || $0 == "(" || $0 == "{" || $0 == "." }
        guard line.first != " ", let kind = words.firstIndex(where: kinds.contains), kind + 1 < words.count else {
            return nil
        }
        return String(words[kind + 1])
    }
}
