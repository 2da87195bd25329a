extension SourceFile {
    /// A function as it stands in the file.
    struct Function {
        /// The line on which it begins, counted from 1.
        let number: Int
        let lines: Int
    }

    /// The functions and initializers, in C those that are longer than one line.
    var functions: [Function] {
        code.indices.compactMap { index in
            guard let margin = path.hasSuffix(".c") ? cMargin(index) : swiftMargin(index),
                let end = code[index...].firstIndex(where: { $0.hasPrefix("\(margin)}") || isWhole($0, margin) })
            else { return nil }
            return Function(number: index + 1, lines: end - index + 1)
        }
    }

    /// What a function in Swift that begins on this line is indented by; nil when none with a body does.
    private func swiftMargin(_ index: Int) -> String? {
        let line = code[index]
        let margin = String(line.prefix { $0 == " " })
        let words = line.split(separator: " ").prefix { !$0.contains("(") }.map(String.init)
        let isFunction = words.contains("func") || line.contains("init(") && !line.contains(".init(")
        guard isFunction, !line.contains("=") || words.contains("func") else { return nil }
        // A requirement of a protocol has no body.
        let body = code[index...].first { $0.contains("{") || $0.hasPrefix("\(margin)}") || $0.isEmpty }
        return body?.contains("{") == true ? margin : nil
    }

    private func cMargin(_ index: Int) -> String? {
        let line = code[index]
        guard let first = line.first, first.isLetter, line.contains("("), line.hasSuffix("{") else { return nil }
        return ""
    }

    /// Whether a function begins and ends on this line.
    private func isWhole(_ line: String, _ margin: String) -> Bool {
        let trimmed = line.split(separator: " ")
        return line.hasPrefix(margin) && !line.dropFirst(margin.count).hasPrefix(" ") && trimmed.last?.last == "}"
    }
}
