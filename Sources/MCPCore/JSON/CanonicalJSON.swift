package import NIOCore

/// Writes JSON the one way that [RFC 8785](https://www.rfc-editor.org/rfc/rfc8785) knows for a value: no spaces, members
/// in the order of their names, strings with as few escapes and numbers with as few digits as possible.
///
/// It differs in one thing: an integer beyond 2⁵³ keeps its digits. RFC 8785 would round it, and two definitions that a
/// reader with larger integers tells apart would be the same.
package struct CanonicalJSON {
    private struct Member {
        let name: String
        /// Name, colon and value, in the buffer of the object.
        let range: ByteRange
    }

    private let text: ByteBuffer
    private let counts: (String) -> Bool

    /// The canonical form of one value.
    ///
    /// - Parameter members: Which members of the outermost object are written.
    /// - Throws: `JSONError` for what has none: the same member twice, half of a surrogate pair, a number that no double
    ///   holds, and what is too deep.
    package static func make(
        _ text: ByteBuffer, members counts: @escaping (String) -> Bool
    ) throws(JSONError) -> ByteBuffer {
        let writer = CanonicalJSON(text: text, counts: counts)
        return try text.scanJSON(maximumDepth: 128, duplicateKeys: .refused) { (scanner) throws(JSONError) in
            var out = ByteBuffer()
            try writer.object(&scanner, depth: 0, into: &out)
            try scanner.expectEnd()
            return out
        }
    }

    /// The canonical form of one value.
    package static func make(_ text: ByteBuffer) throws(JSONError) -> ByteBuffer {
        let writer = CanonicalJSON(text: text) { _ in true }
        return try text.scanJSON(maximumDepth: 128, duplicateKeys: .refused) { (scanner) throws(JSONError) in
            var out = ByteBuffer()
            try writer.value(&scanner, depth: 0, into: &out)
            try scanner.expectEnd()
            return out
        }
    }

    private func value(_ scanner: inout JSONScanner, depth: Int, into out: inout ByteBuffer) throws(JSONError) {
        switch try scanner.peek() {
        case UInt8(ascii: "{"): try object(&scanner, depth: depth, into: &out)
        case UInt8(ascii: "["): try array(&scanner, depth: depth, into: &out)
        case UInt8(ascii: "\""): out.writeJSONString(try string(scanner.skipString()))
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
            out.writeImmutableBuffer(bytes(try scanner.skipValue()))
        default:
            let range = try scanner.skipValue()
            guard let number = CanonicalNumber(bytes(range)) else {
                throw JSONError(.invalidNumber, at: range.lowerBound)
            }
            out.writeString(number.text)
        }
    }

    private func array(_ scanner: inout JSONScanner, depth: Int, into out: inout ByteBuffer) throws(JSONError) {
        var isFirst = true
        out.writeStaticString("[")
        try scanner.elements(depth: depth) { (scanner) throws(JSONError) in
            if !isFirst { out.writeStaticString(",") }
            isFirst = false
            try value(&scanner, depth: depth + 1, into: &out)
        }
        out.writeStaticString("]")
    }

    private func object(_ scanner: inout JSONScanner, depth: Int, into out: inout ByteBuffer) throws(JSONError) {
        var members: [Member] = []
        var written = ByteBuffer()
        try scanner.members(depth: depth) { (scanner, name) throws(JSONError) in
            let name = try string(name)
            guard depth > 0 || counts(name) else {
                try scanner.skipValue(depth: depth + 1)
                return
            }
            let start = written.readableBytes
            written.writeJSONString(name)
            written.writeStaticString(":")
            try value(&scanner, depth: depth + 1, into: &written)
            members.append(Member(name: name, range: start..<written.readableBytes))
        }
        // By UTF-16, as RFC 8785 (3.2.3) says: characters beyond the first plane come before some within it.
        members.sort { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
        out.writeStaticString("{")
        for (index, member) in members.enumerated() {
            if index > 0 { out.writeStaticString(",") }
            out.writeImmutableBuffer(JSONView(text: written, range: member.range).bytes)
        }
        out.writeStaticString("}")
    }

    /// The text of a string.
    private func string(_ name: JSONName) throws(JSONError) -> String {
        let content = bytes(name.content)
        guard name.isEscaped else { return String(buffer: content) }
        let plain = unsafe content.withUnsafeReadableBytes { unsafe JSONString.unescape($0) }
        // Half of a surrogate pair, which stays as bytes that no text has, would become the same as any other half.
        guard let text = String(validating: plain, as: UTF8.self) else {
            throw JSONError(.invalidEscape, at: name.content.lowerBound)
        }
        return text
    }

    private func bytes(_ range: ByteRange) -> ByteBuffer { JSONView(text: text, range: range).bytes }
}
