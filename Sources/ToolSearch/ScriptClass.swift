/// What a character means for the words around it.
enum ScriptClass {
    case upper
    case lower
    case digit
    /// Stands on the character before it and belongs to the same word.
    case mark
    /// Of a script that puts no spaces between its words, or too few: its pairs of characters are taken for words.
    case unspaced
    /// Seen by nobody; stands in words as if it were not there.
    case invisible
    case separator

    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x61...0x7A: self = .lower
        case 0x41...0x5A: self = .upper
        case 0x30...0x39: self = .digit
        // An apostrophe, straight or curly: "user's" is one word.
        case 0x27, 0x2019: self = .invisible
        case 0..<0x80: self = .separator
        default: self.init(beyondASCII: scalar)
        }
    }

    private init(beyondASCII scalar: Unicode.Scalar) {
        let properties = scalar.properties
        if properties.isDefaultIgnorableCodePoint {
            self = .invisible
            return
        }
        switch properties.generalCategory {
        case .uppercaseLetter, .titlecaseLetter: self = .upper
        case .lowercaseLetter, .modifierLetter: self = Self.isUnspaced(scalar.value) ? .unspaced : .lower
        case .otherLetter: self = Self.isUnspaced(scalar.value) ? .unspaced : .lower
        case .decimalNumber: self = .digit
        case .nonspacingMark, .spacingMark: self = .mark
        default: self = .separator
        }
    }

    private static func isUnspaced(_ scalar: UInt32) -> Bool {
        switch scalar {
        // Thai and Lao; Myanmar; Khmer.
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF: true
        // Hangul; kana, bopomofo; ideographs, with what lies beyond the first plane.
        case 0x1100...0x11FF, 0x3040...0x31FF, 0x3400...0x9FFF, 0xA960...0xA97F, 0xAC00...0xD7FF: true
        case 0x3005...0x3007, 0xF900...0xFAFF, 0xFF66...0xFFDC, 0x1B000...0x1B16F, 0x20000...0x3FFFF: true
        default: false
        }
    }
}
