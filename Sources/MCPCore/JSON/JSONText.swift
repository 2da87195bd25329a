package import NIOCore

/// A JSON text that the scanner has accepted, and where in it to look.
///
/// Members are found by walking, not by building a tree: meant for the few values that are read outside the
/// data path, such as capabilities and lists.
package struct JSONText: Sendable, Equatable {
    package let bytes: ByteBuffer

    /// Takes bytes that the scanner has accepted.
    package init(accepted bytes: ByteBuffer) {
        self.bytes = bytes
    }

    /// Accepts bytes that hold one JSON value and nothing else.
    ///
    /// - Throws: `JSONError` naming the first offending byte.
    package init(scanning bytes: ByteBuffer, maximumDepth: Int = 128) throws(JSONError) {
        try bytes.scanJSON(maximumDepth: maximumDepth, duplicateKeys: .refused) { (scanner) throws(JSONError) in
            try scanner.skipValue()
            try scanner.expectEnd()
        }
        self.bytes = bytes
    }

    /// The outermost value.
    package var root: JSONView { JSONView(text: bytes, range: 0..<bytes.readableBytes).trimmed }
}

/// One value inside an accepted JSON text.
package struct JSONView: Sendable, Equatable {
    package let text: ByteBuffer
    package let range: ByteRange

    package init(text: ByteBuffer, range: ByteRange) {
        self.text = text
        self.range = range
    }

    /// The value as it was written.
    package var bytes: ByteBuffer {
        text.getSlice(at: text.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }

    fileprivate var trimmed: JSONView {
        let trimmed = scan { (scanner) throws(JSONError) in try scanner.skipValue(depth: 0) } ?? range
        return JSONView(text: text, range: trimmed)
    }

    private var first: UInt8 { range.isEmpty ? 0 : text.byte(at: range.lowerBound) }

    package var isObject: Bool { first == UInt8(ascii: "{") }
    package var isArray: Bool { first == UInt8(ascii: "[") }
    package var isNull: Bool { first == UInt8(ascii: "n") }

    /// The text of a string value.
    package var string: String? {
        guard first == UInt8(ascii: "\"") else { return nil }
        let content = range.lowerBound + 1..<range.upperBound - 1
        return unsafe text.withUnsafeReadableBytes { all in
            String(decoding: unsafe JSONString.unescape(UnsafeRawBufferPointer(rebasing: all[content])), as: UTF8.self)
        }
    }

    /// Whether all of it is visible ASCII or spaces, without escapes.
    package var isPlain: Bool {
        unsafe text.withUnsafeReadableBytes { all in
            for index in range {
                let byte = unsafe all[index]
                if byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\\") { return false }
            }
            return true
        }
    }

    /// The value of a number that is an integer.
    package var integer: Int64? { text.integer(in: range) }

    package var boolean: Bool? {
        switch first {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// The value of a member, when this is an object that has it.
    package subscript(name: String) -> JSONView? {
        var found: JSONView?
        forEachMember { memberName, value in
            if memberName.utf8.elementsEqual(name.utf8) { found = value }
        }
        return found
    }

    /// The members of an object, in the order written. Nothing for other values.
    package func forEachMember(_ body: (String, JSONView) -> Void) {
        guard isObject else { return }
        _ = scan { (scanner) throws(JSONError) in
            try scanner.members(depth: 0) { (scanner, name) throws(JSONError) in
                let name = String(decoding: JSONString.unescape(scanner, name), as: UTF8.self)
                let value = try scanner.skipValue(depth: 0)
                body(name, JSONView(text: text, range: offset(value)))
            }
            return range
        }
    }

    /// The members of an object, in the order written. Nothing for other values.
    package var members: [(name: String, value: JSONView)] {
        var found: [(name: String, value: JSONView)] = []
        forEachMember { found.append((name: $0, value: $1)) }
        return found
    }

    /// How many members an object has, counted without reading their names; 0 for other values.
    package var memberCount: Int {
        var count = 0
        guard isObject else { return count }
        _ = scan { (scanner) throws(JSONError) in
            try scanner.members(depth: 0) { (scanner, _) throws(JSONError) in
                _ = try scanner.skipValue(depth: 0)
                count += 1
            }
            return range
        }
        return count
    }

    /// The elements of an array, in order. Nothing for other values.
    package var elements: [JSONView] {
        var found: [JSONView] = []
        forEachElement { found.append($0) }
        return found
    }

    /// Goes through the elements of an array, in order, without keeping them: a list of a hostile server may have as
    /// many as it has bytes.
    package func forEachElement(_ body: (JSONView) -> Void) {
        guard isArray else { return }
        _ = scan { (scanner) throws(JSONError) in
            try scanner.elements(depth: 0) { (scanner) throws(JSONError) in
                body(JSONView(text: text, range: offset(try scanner.skipValue(depth: 0))))
            }
            return range
        }
    }

    private func offset(_ inner: ByteRange) -> ByteRange {
        inner.lowerBound + range.lowerBound..<inner.upperBound + range.lowerBound
    }

    /// Scans this value's bytes again. They were accepted once, so nothing can be thrown here.
    private func scan(_ body: (inout JSONScanner) throws(JSONError) -> ByteRange) -> ByteRange? {
        // The text has been accepted: an error is impossible and would only mean "no members".
        try? bytes.scanJSON(maximumDepth: Int.max, duplicateKeys: .accepted, body)
    }
}

extension ByteBuffer {
    /// Runs a scanner over the readable bytes.
    package func scanJSON<Value>(
        maximumDepth: Int,
        duplicateKeys: JSONScanner.DuplicateKeys,
        _ body: (inout JSONScanner) throws(JSONError) -> Value
    ) throws(JSONError) -> Value {
        let outcome: Result<Value, JSONError> = unsafe withUnsafeReadableBytes { bytes in
            var scanner = unsafe JSONScanner(bytes, maximumDepth: maximumDepth, duplicateKeys: duplicateKeys)
            do throws(JSONError) {
                return .success(try body(&scanner))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// The byte at an offset from the reader index; 0 where there is none.
    package func byte(at offset: Int) -> UInt8 {
        unsafe withUnsafeReadableBytes { unsafe $0.indices.contains(offset) ? $0[offset] : 0 }
    }

    /// The value of a canonical decimal integer that fills the range: no sign but a minus, no leading zero.
    package func integer(in range: ByteRange) -> Int64? {
        guard !range.isEmpty, range.count <= 20, range.upperBound <= readableBytes else { return nil }
        return unsafe withUnsafeReadableBytes { unsafe Self.integer($0[range]) }
    }

    private static func integer(_ text: Slice<UnsafeRawBufferPointer>) -> Int64? {
        var digits = unsafe text
        let isNegative = unsafe digits.first == UInt8(ascii: "-")
        if isNegative { unsafe digits.removeFirst() }
        guard let first = unsafe digits.first else { return nil }
        if first == UInt8(ascii: "0") { return unsafe text.count == 1 ? 0 : nil }
        // Summed up below zero, where there is one value more.
        var value: Int64 = 0
        while let byte = unsafe digits.popFirst() {
            let digit = byte &- 0x30
            guard digit < 10 else { return nil }
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, overflowAgain) = scaled.subtractingReportingOverflow(Int64(digit))
            guard !overflow, !overflowAgain else { return nil }
            value = next
        }
        if isNegative { return value }
        return value == Int64.min ? nil : -value
    }
}
