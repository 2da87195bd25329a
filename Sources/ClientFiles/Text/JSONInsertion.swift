package import ProxyConfiguration

/// Adds members to an object of a JSON text, comments and trailing commas included, and leaves every other byte as it is.
package struct JSONInsertion {
    private(set) package var text: [UInt8]
    private var layout = JSONLayout()

    /// A text that has been read without an error.
    package init(text: [UInt8]) {
        self.text = text
        let string = String(decoding: text.prefix(1 << 16), as: UTF8.self)
        if string.utf8.contains(UInt8(ascii: "\r")) { layout.lineEnd = "\r\n" }
        // The first indented line shows the step, since it is one deep in any usual layout.
        for line in string.split(whereSeparator: \.isNewline) {
            let space = line.prefix { $0 == " " || $0 == "\t" }
            guard !space.isEmpty, let first = line.dropFirst(space.count).first, first != "*", first != "/" else {
                continue
            }
            layout.unit = String(space)
            break
        }
    }

    /// Adds members at the end of the object.
    ///
    /// Positions of nodes that come after the object are no longer right: work from the end of the text to its start.
    package mutating func insert(_ members: [(String, ConfigurationNode)], into object: ConfigurationNode) {
        guard !members.isEmpty, let start = offset(of: object.position), start < text.count,
            text[start] == UInt8(ascii: "{"), let shape = shape(from: start)
        else { return }
        let outer = indentation(ofLineAt: start)
        let inner = shape.memberIndentation ?? outer + layout.unit
        var added = layout.lineEnd + inner
        added += members.map { layout.member($0.0, $0.1, inner) }.joined(separator: "," + layout.lineEnd + inner)
        if shape.hasTrailingComma { added += "," }
        if !shape.closesOnOwnLine { added += layout.lineEnd + outer }
        text.insert(contentsOf: added.utf8, at: shape.contentEnd)
        if let end = shape.lastValueEnd, !shape.hasTrailingComma { text.insert(UInt8(ascii: ","), at: end) }
    }

    /// Puts an object in the place of a `null`.
    package mutating func replaceNull(_ null: ConfigurationNode, with members: [(String, ConfigurationNode)]) {
        guard let start = offset(of: null.position), text[start...].starts(with: "null".utf8) else { return }
        let written = layout.text(of: .object(members), indentation: indentation(ofLineAt: start))
        text.replaceSubrange(start..<start + 4, with: written.utf8)
    }

    /// What is between the brackets of an object.
    private struct Shape {
        /// Where the last value ends.
        var lastValueEnd: Int?
        var hasTrailingComma = false
        /// Where the last value, comma or comment ends.
        var contentEnd: Int
        /// Whether the closing bracket has a line of its own.
        var closesOnOwnLine = false
        /// What stands before the first member, if it begins a line.
        var memberIndentation: String?
    }

    private func shape(from start: Int) -> Shape? {
        var shape = Shape(contentEnd: start + 1)
        var index = start + 1
        var depth = 1
        while index < text.count {
            let end = tokenEnd(from: index)
            switch text[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
                index = end
                continue
            case UInt8(ascii: "\n"):
                shape.closesOnOwnLine = true
                index = end
                continue
            case UInt8(ascii: "/"):
                break
            case UInt8(ascii: "}") where depth == 1, UInt8(ascii: "]") where depth == 1:
                return shape
            default:
                if !shape.hasTrailingComma, shape.lastValueEnd == nil, shape.closesOnOwnLine {
                    shape.memberIndentation = indentation(ofLineAt: index)
                }
                if "{[".utf8.contains(text[index]) { depth += 1 }
                if "}]".utf8.contains(text[index]) { depth -= 1 }
                shape.hasTrailingComma = depth == 1 && text[index] == UInt8(ascii: ",")
                if !shape.hasTrailingComma { shape.lastValueEnd = end }
            }
            shape.contentEnd = end
            shape.closesOnOwnLine = false
            index = end
        }
        return nil
    }

    /// Where what begins here ends: a string, a comment, or one byte.
    private func tokenEnd(from start: Int) -> Int {
        var index = start + 1
        switch text[start] {
        case UInt8(ascii: "\""):
            while index < text.count, text[index] != UInt8(ascii: "\"") {
                index += text[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            return min(index + 1, text.count)
        case UInt8(ascii: "/") where index < text.count && text[index] == UInt8(ascii: "/"):
            while index < text.count, text[index] != UInt8(ascii: "\n"), text[index] != UInt8(ascii: "\r") {
                index += 1
            }
            return index
        case UInt8(ascii: "/") where index < text.count && text[index] == UInt8(ascii: "*"):
            index += 1
            while index + 1 < text.count, !text[index...].starts(with: "*/".utf8) { index += 1 }
            return min(index + 2, text.count)
        default: return index
        }
    }

    /// Where a place in the document is in the text.
    private func offset(of position: SourcePosition) -> Int? {
        var index = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var place = SourcePosition.start
        while index < text.count {
            let isContinuation = text[index] & 0xC0 == 0x80
            if place == position, !isContinuation { return index }
            if text[index] == UInt8(ascii: "\n") {
                place = SourcePosition(line: place.line + 1, column: 1)
            } else if text[index] & 0xC0 != 0x80 {
                place.column += 1
            }
            index += 1
        }
        return nil
    }

    private func indentation(ofLineAt offset: Int) -> String {
        let lineStart = text[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let space = text[lineStart..<offset].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        return String(decoding: space, as: UTF8.self)
    }
}
