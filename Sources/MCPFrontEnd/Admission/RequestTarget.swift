/// The path and query of a request, decoded once.
struct RequestTarget: Equatable {
    /// Percent-decoded; begins with a slash.
    let path: String
    /// As written, without the question mark.
    let query: String?

    /// Reads a target in origin form.
    ///
    /// Whatever two readers could take for different paths is refused: characters encoded that need not be, such as
    /// slashes, dots and letters, backslashes and control characters, empty and dot segments, and raw bytes that are
    /// not ASCII.
    init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.first == UInt8(ascii: "/"), bytes.allSatisfy(Self.isAllowed) else { return nil }
        let question = bytes.firstIndex(of: UInt8(ascii: "?"))
        guard let path = Self.decode(text[..<(question ?? bytes.endIndex)]), Self.hasPlainSegments(path) else {
            return nil
        }
        self.path = path
        self.query = question.map { String(text[bytes.index(after: $0)...]) }
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#") && byte != UInt8(ascii: "\\")
    }

    /// Whether no segment is a dot or two, and none but the last is empty.
    private static func hasPlainSegments(_ path: String) -> Bool {
        var length = 0
        var dots = 0
        for byte in path.utf8.dropFirst() {
            guard byte == UInt8(ascii: "/") else {
                length += 1
                if byte == UInt8(ascii: ".") { dots += 1 }
                continue
            }
            guard length > 0, dots < length || length > 2 else { return false }
            length = 0
            dots = 0
        }
        return length == 0 || dots < length || length > 2
    }

    private static func decode(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = iterator.next(), let low = iterator.next(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16),
                value >= 0x80 || " \"<>`{}|^".utf8.contains(value)
            else { return nil }
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The first value of a query parameter, which must need no decoding.
    func parameter(_ name: String) -> String? {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, parts[0] == name { return String(parts[1]) }
        }
        return nil
    }
}
