/// Refuses, before Yams sees it, a text whose aliases could make it work for ever.
///
/// Yams looks for keys given twice by hashing them, and hashing a key that is a list of aliases of lists of aliases takes
/// time exponential in the length of the text. The check looks at characters only, so it also refuses a few harmless
/// texts, such as one with an alias and, in some string, `]:`. Values need no check here: copies of a value share their
/// memory until ``YAMLDocumentReader`` walks them, and it counts.
enum YAMLAliasGuard {
    /// - Throws: The first key that is not a plain text, in a text that has aliases.
    static func check(_ bytes: [UInt8]) throws(DocumentSyntaxError) {
        guard hasAlias(bytes) else { return }
        var line = 1
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: "\n") { line += 1 }
            guard beginsComplexKey(bytes, index) else { continue }
            throw DocumentSyntaxError(
                "in a file with aliases, keys must be plain texts", at: SourcePosition(line: line, column: 1),
                write: "Write the key without ?, * and brackets, or the values without aliases")
        }
    }

    private static func hasAlias(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { isAlias(bytes, $0) }
    }

    private static func isAlias(_ bytes: [UInt8], _ index: Int) -> Bool {
        bytes[index] == UInt8(ascii: "*") && index + 1 < bytes.count && isName(bytes[index + 1])
    }

    private static func beginsComplexKey(_ bytes: [UInt8], _ index: Int) -> Bool {
        switch bytes[index] {
        case UInt8(ascii: "?"):
            let isFirst = index == 0 || isSpace(bytes[index - 1]) || "[{,-".utf8.contains(bytes[index - 1])
            return isFirst && (index + 1 == bytes.count || isSpace(bytes[index + 1]))
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            return isColon(bytes, after: index + 1)
        case UInt8(ascii: "*") where isAlias(bytes, index):
            var end = index + 1
            while end < bytes.count, isName(bytes[end]) { end += 1 }
            return isColon(bytes, after: end)
        default:
            return false
        }
    }

    private static func isColon(_ bytes: [UInt8], after index: Int) -> Bool {
        var index = index
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") {
            index += 1
        }
        return index < bytes.count && bytes[index] == UInt8(ascii: ":")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(byte)
    }

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
