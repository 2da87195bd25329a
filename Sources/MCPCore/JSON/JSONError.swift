/// Why some bytes are not acceptable JSON.
package struct JSONError: Error, Equatable, Sendable {
    /// What is wrong with the text.
    package enum Code: String, Sendable {
        case unexpectedEnd
        case unexpectedByte
        case invalidUTF8
        case invalidEscape
        case invalidNumber
        case controlCharacterInString
        case tooDeep
        case duplicateKey
        case trailingBytes
        case numberTooLong
    }

    package let code: Code
    /// The offset of the offending byte from the start of the text.
    package let offset: Int

    package init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        let what =
            switch code {
            case .unexpectedEnd: "the text ends too early"
            case .unexpectedByte: "unexpected character"
            case .invalidUTF8: "invalid UTF-8"
            case .invalidEscape: "invalid escape in a string"
            case .invalidNumber: "invalid number"
            case .controlCharacterInString: "unescaped control character in a string"
            case .tooDeep: "nested too deeply"
            case .duplicateKey: "the same member name twice in one object"
            case .trailingBytes: "more text after the value"
            case .numberTooLong: "a number of too many digits"
            }
        return "\(what) at byte \(offset)"
    }
}
