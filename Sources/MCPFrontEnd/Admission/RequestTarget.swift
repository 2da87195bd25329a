/// The path and query of a request, decoded once.
struct RequestTarget: Equatable {
    /// Percent-decoded; begins with a slash.
    let path: String
    /// As written, without the question mark.
    let query: String?

    /// The host of a target in absolute form, `http://host/path`, which counts in place of the header field
    /// ([RFC 9112, 3.2.2](https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2)); nil for one in origin form.
    let authority: String?

    /// Says why a target is refused, in words for whoever sent it.
    enum Fault: String, Error {
        case form = "it is neither a path nor a whole URL"
        case bytes =
            #"a space, a #, a \, a control character or a letter beyond ASCII stands in it, which is to be percent-encoded or left out"#
        case segments = "it has a segment that is empty, . or .."
        case encoding =
            #"something is percent-encoded in it that has to stand as it is: only spaces, letters beyond ASCII and " < > ` { } | ^ may be"#
    }

    /// Reads a target in origin form or in absolute form.
    ///
    /// Whatever two readers could take for different paths is refused: characters encoded that need not be, such as
    /// slashes, dots and letters, backslashes and control characters, empty and dot segments, and raw bytes that are
    /// not ASCII. Encoded letters and digits would be the same path by RFC 3986 (6.2.2.2), but rules of a web server in
    /// front that are about paths as they are written would not hold for them.
    ///
    /// - Throws: What is wrong with it.
    init(_ text: String) throws(Fault) {
        var text = text
        var authority: String?
        if text.utf8.first != UInt8(ascii: "/") {
            guard let parts = Self.absolute(text) else { throw .form }
            (text, authority) = parts
        }
        self.authority = authority
        let shape = try text.withUTF8 { bytes in
            Result { () throws(Fault) in try unsafe Shape(bytes) }
        }.get()
        let path = shape.question.map { String(text.utf8.prefix($0)) ?? "" } ?? text
        if shape.isEncoded {
            // A segment that was written with escapes is looked at as it reads.
            guard var decoded = Self.decode(path[...]) else { throw .encoding }
            guard decoded.withUTF8({ unsafe Shape.hasPlainSegments($0) }) else { throw .segments }
            self.path = decoded
        } else {
            self.path = path
        }
        self.query = shape.question.map { String(text.utf8.dropFirst($0 + 1)) ?? "" }
    }

    /// Returns the path and query of a target in absolute form as written, and what stands before them.
    private static func absolute(_ text: String) -> (rest: String, authority: String)? {
        for scheme in ["http://", "https://"] {
            let start = text.utf8.prefix(scheme.utf8.count)
            guard let written = String(start), written.lowercased() == scheme else { continue }
            let rest = text.utf8.dropFirst(scheme.utf8.count)
            let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
            guard !authority.isEmpty, let host = String(authority),
                let path = String(rest.dropFirst(authority.count))
            else { return nil }
            return (path.utf8.first == UInt8(ascii: "/") ? path : "/" + path, host)
        }
        return nil
    }

    /// Holds what one walk over a target tells.
    private struct Shape {
        /// Where the query begins.
        let question: Int?
        let isEncoded: Bool

        init(_ text: UnsafeBufferPointer<UInt8>) throws(Fault) {
            guard unsafe text.first == UInt8(ascii: "/") else { throw .form }
            var question: Int?
            var isEncoded = false
            for index in text.indices {
                switch unsafe text[index] {
                case UInt8(ascii: "?"): question = question ?? index
                case UInt8(ascii: "%"): isEncoded = isEncoded || question == nil
                case UInt8(ascii: "#"), UInt8(ascii: "\\"), 0...0x20, 0x7F...0xFF: throw .bytes
                default: continue
                }
            }
            let path = unsafe UnsafeBufferPointer(rebasing: text[..<(question ?? text.count)])
            guard unsafe isEncoded || Self.hasPlainSegments(path) else { throw .segments }
            self.question = question
            self.isEncoded = isEncoded
        }

        /// Tells whether no segment of a path is a dot or two, and none but the last is empty.
        static func hasPlainSegments(_ path: UnsafeBufferPointer<UInt8>) -> Bool {
            var length = 0
            var dots = 0
            for index in 1..<max(path.count, 1) {
                let byte = unsafe path[index]
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

    /// Returns the first value of a query parameter, which must need no decoding.
    func parameter(_ name: String) -> String? {
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, parts[0] == name { return String(parts[1]) }
        }
        return nil
    }
}
