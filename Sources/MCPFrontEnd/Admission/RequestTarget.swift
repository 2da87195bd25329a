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
        guard text.hasPrefix("/"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"#\\".utf8.contains($0) }) else {
            return nil
        }
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = Self.decode(parts[0]) else { return nil }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard segments.dropLast().allSatisfy({ !$0.isEmpty }), !segments.contains("."), !segments.contains("..") else {
            return nil
        }
        self.path = path
        self.query = parts.count > 1 ? String(parts[1]) : nil
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
