import CTextScan

/// A range of byte offsets into a JSON text.
package typealias ByteRange = Range<Int>

/// Reads JSON text strictly, RFC 8259 and nothing else, without building anything.
///
/// The scanner walks over values and reports where they stand. It refuses what two parsers could read
/// differently: invalid UTF-8, a byte order mark, trailing text and, where asked, repeated member names.
/// It is the only JSON reader on the data path, so what it accepted is what is forwarded.
@safe
package struct JSONScanner {
    /// Which objects may not hold the same member name twice.
    package enum DuplicateKeys: Sendable {
        case refused
        case accepted
    }

    static let maximumNumberLength = 1_024

    private let base: UnsafePointer<UInt8>
    package let count: Int
    package private(set) var position = 0
    /// Whether a line break stood between the tokens that were read.
    package private(set) var sawLineBreak = false
    private let maximumDepth: Int
    private var keys: JSONKeyTable?

    /// Makes a scanner of bytes that must outlive it.
    package init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int = 128, duplicateKeys: DuplicateKeys = .refused) {
        unsafe self.base =
            bytes.baseAddress.map { unsafe $0.assumingMemoryBound(to: UInt8.self) }
            ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        self.count = bytes.count
        self.maximumDepth = maximumDepth
        self.keys = duplicateKeys == .refused ? JSONKeyTable() : nil
    }

    package subscript(offset: Int) -> UInt8 {
        @inline(__always) get {
            precondition(offset >= 0 && offset < count)
            return unsafe base[offset]
        }
    }

    /// The bytes of a range, valid as long as the scanner's text is.
    @inline(__always)
    func slice(_ range: ByteRange) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }

    // MARK: Tokens

    /// Moves to the next byte that is not white space.
    @inline(__always)
    package mutating func skipWhitespace() {
        while position < count {
            switch unsafe base[position] {
            case 0x20, 0x09: position += 1
            case 0x0A, 0x0D:
                sawLineBreak = true
                position += 1
            default: return
            }
        }
    }

    /// The next byte that is not white space, left in place.
    @inline(__always)
    package mutating func peek() throws(JSONError) -> UInt8 {
        skipWhitespace()
        guard position < count else { throw JSONError(.unexpectedEnd, at: position) }
        return unsafe base[position]
    }

    /// Skips white space and one byte, which must be this one.
    @inline(__always)
    package mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard try peek() == byte else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
    }

    /// Accepts the end of the text and white space before it.
    package mutating func expectEnd() throws(JSONError) {
        skipWhitespace()
        guard position == count else { throw JSONError(.trailingBytes, at: position) }
    }

    // MARK: Values

    /// Skips one value of any kind and returns where it stands.
    @discardableResult
    package mutating func skipValue(depth: Int = 0) throws(JSONError) -> ByteRange {
        let first = try peek()
        let start = position
        switch first {
        case UInt8(ascii: "\""):
            _ = try skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): try skipNested(depth: depth)
        default: try skipWordOrNumber(first)
        }
        return start..<position
    }

    /// Skips the object or array that stands next. In a loop, because large messages are mostly this.
    private mutating func skipNested(depth: Int) throws(JSONError) {
        // One bit for each that is open, the innermost last: whether it is an object.
        var kinds: UInt64 = 0
        var open = 0
        repeat {
            // A value stands next.
            let first = try peek()
            if first == UInt8(ascii: "\"") {
                _ = try skipString()
            } else if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                if open == UInt64.bitWidth {
                    try skipNested(depth: depth + open)
                } else {
                    guard depth + open < maximumDepth else { throw JSONError(.tooDeep, at: position) }
                    position += 1
                    let isObject = first == UInt8(ascii: "{")
                    kinds = kinds << 1 | (isObject ? 1 : 0)
                    open += 1
                    if isObject { keys?.openObject() }
                    guard try peek() == first + 2 else {
                        if isObject { try skipName() }
                        continue
                    }
                }
            } else {
                try skipWordOrNumber(first)
            }
            // A value has ended, or nothing stands in what was opened: what is around it goes on or ends as well.
            while open > 0 {
                let next = try peek()
                position += 1
                let isObject = kinds & 1 == 1
                if next == UInt8(ascii: ",") {
                    if isObject { try skipName() }
                    break
                }
                guard next == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw JSONError(.unexpectedByte, at: position - 1)
                }
                if isObject { keys?.closeObject() }
                kinds >>= 1
                open -= 1
            }
        } while open > 0
    }

    /// Skips the name of a member and the colon after it.
    @inline(__always)
    @discardableResult
    private mutating func skipName() throws(JSONError) -> JSONName {
        guard try peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
        let name = try skipString()
        if keys != nil { try noteKey(name) }
        try expect(UInt8(ascii: ":"))
        return name
    }

    private mutating func skipWordOrNumber(_ first: UInt8) throws(JSONError) {
        switch first {
        case UInt8(ascii: "t"): try skipWord("true")
        case UInt8(ascii: "f"): try skipWord("false")
        case UInt8(ascii: "n"): try skipWord("null")
        default: try skipNumber()
        }
    }

    /// Walks over the members of the object that stands next.
    ///
    /// - Parameter body: is given each name and must consume the value.
    @inline(__always)
    package mutating func members(
        depth: Int,
        _ body: (inout JSONScanner, JSONName) throws(JSONError) -> Void
    ) throws(JSONError) {
        try expect(UInt8(ascii: "{"))
        guard depth < maximumDepth else { throw JSONError(.tooDeep, at: position - 1) }
        keys?.openObject()
        if try peek() == UInt8(ascii: "}") {
            position += 1
            keys?.closeObject()
            return
        }
        while true {
            let name = try skipName()
            try body(&self, name)
            let next = try peek()
            position += 1
            if next == UInt8(ascii: ",") { continue }
            guard next == UInt8(ascii: "}") else { throw JSONError(.unexpectedByte, at: position - 1) }
            keys?.closeObject()
            return
        }
    }

    /// Walks over the elements of the array that stands next; `body` must consume each.
    @inline(__always)
    package mutating func elements(
        depth: Int,
        _ body: (inout JSONScanner) throws(JSONError) -> Void
    ) throws(JSONError) {
        try expect(UInt8(ascii: "["))
        guard depth < maximumDepth else { throw JSONError(.tooDeep, at: position - 1) }
        if try peek() == UInt8(ascii: "]") {
            position += 1
            return
        }
        while true {
            try body(&self)
            let next = try peek()
            position += 1
            if next == UInt8(ascii: ",") { continue }
            guard next == UInt8(ascii: "]") else { throw JSONError(.unexpectedByte, at: position - 1) }
            return
        }
    }

    private mutating func noteKey(_ name: JSONName) throws(JSONError) {
        let isNew: Bool
        if name.isEscaped {
            let plain = JSONString.unescape(self, name)
            isNew = unsafe plain.withUnsafeBytes { unsafe keys?.insert($0) ?? true }
        } else {
            let plain = unsafe slice(name.content)
            isNew = unsafe keys?.insert(plain) ?? true
        }
        guard isNew else { throw JSONError(.duplicateKey, at: name.content.lowerBound - 1) }
    }

    private mutating func skipWord(_ word: StaticString) throws(JSONError) {
        let length = word.utf8CodeUnitCount
        guard position + length <= count else { throw JSONError(.unexpectedEnd, at: count) }
        for offset in 0..<length where unsafe base[position + offset] != word.utf8Start[offset] {
            throw JSONError(.unexpectedByte, at: position + offset)
        }
        position += length
    }

    private mutating func skipNumber() throws(JSONError) {
        let start = position
        if unsafe base[position] == UInt8(ascii: "-") { position += 1 }
        guard position < count else { throw JSONError(.unexpectedEnd, at: position) }
        if unsafe base[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits(start)
        }
        if position < count, unsafe base[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits(start)
        }
        if position < count, unsafe base[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < count, unsafe base[position] == UInt8(ascii: "+") || base[position] == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits(start)
        }
        guard position - start <= Self.maximumNumberLength else { throw JSONError(.numberTooLong, at: start) }
    }

    @inline(__always)
    private mutating func skipDigits(_ start: Int) throws(JSONError) {
        let first = position
        while position < count, unsafe base[position] &- 0x30 < 10 { position += 1 }
        guard position > first else {
            if position == count { throw JSONError(.unexpectedEnd, at: position) }
            throw JSONError(position == start ? .unexpectedByte : .invalidNumber, at: position)
        }
    }

    // MARK: Strings

    /// Skips the string that stands next; its opening quote must be at the current position.
    @inline(__always)
    package mutating func skipString() throws(JSONError) -> JSONName {
        position += 1
        let start = position
        var isEscaped = false
        while true {
            skipPlainText()
            guard position < count else { throw JSONError(.unexpectedEnd, at: position) }
            let byte = unsafe base[position]
            if byte == UInt8(ascii: "\"") {
                let content = start..<position
                position += 1
                return JSONName(content: content, isEscaped: isEscaped)
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                try skipEscape()
            } else if byte < 0x20 {
                throw JSONError(.controlCharacterInString, at: position)
            } else {
                try skipMultiByteCharacter()
            }
        }
    }

    /// Moves to the next byte that is a quote, a backslash, a control character or not ASCII.
    @inline(__always)
    private mutating func skipPlainText() {
        position += unsafe text_plain_length(base + position, count - position)
    }

    /// Kept out of the loop around it: escapes are rare, and there it costs each string its registers.
    @inline(never)
    private mutating func skipEscape() throws(JSONError) {
        let start = position
        guard position + 1 < count else { throw JSONError(.unexpectedEnd, at: count) }
        switch unsafe base[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            // Half of a surrogate pair is within the grammar (RFC 8259, 8.2), and programs that cut texts write it.
            _ = try hexUnit(at: position + 2)
            position += 6
        default:
            throw JSONError(.invalidEscape, at: start)
        }
    }

    private func hexUnit(at offset: Int) throws(JSONError) -> UInt16 {
        guard offset + 4 <= count else { throw JSONError(.unexpectedEnd, at: count) }
        var unit: UInt16 = 0
        for index in offset..<offset + 4 {
            guard let digit = Hexadecimal.value(of: unsafe base[index]) else {
                throw JSONError(.invalidEscape, at: index)
            }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    /// Skips one character of two to four bytes, refusing overlong forms, surrogates and what lies past U+10FFFF.
    private mutating func skipMultiByteCharacter() throws(JSONError) {
        let first = unsafe base[position]
        let length: Int
        var lowest: UInt8 = 0x80
        var highest: UInt8 = 0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, lowest) = (3, 0xA0)
        case 0xED: (length, highest) = (3, 0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, lowest) = (4, 0x90)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, highest) = (4, 0x8F)
        default: throw JSONError(.invalidUTF8, at: position)
        }
        guard position + length <= count else { throw JSONError(.invalidUTF8, at: position) }
        let second = unsafe base[position + 1]
        guard second >= lowest, second <= highest else { throw JSONError(.invalidUTF8, at: position) }
        for offset in 2..<max(length, 2) where unsafe base[position + offset] & 0xC0 != 0x80 {
            throw JSONError(.invalidUTF8, at: position)
        }
        position += length
    }
}

/// Where a string's characters stand between its quotes.
package struct JSONName: Sendable {
    package let content: ByteRange
    package let isEscaped: Bool
}
