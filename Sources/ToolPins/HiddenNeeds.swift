/// Where a text needs a character that nobody sees.
enum HiddenNeeds {
    static func isNeeded(_ text: [Unicode.Scalar], _ index: Int) -> Bool {
        let before = index > 0 ? text[index - 1] : nil
        let after = index + 1 < text.count ? text[index + 1] : nil
        switch text[index].value {
        case 0x0A: return true
        case 0x0D: return after == "\n"
        case 0x200C:
            return isVirama(before) || isLetterThatJoins(letter(text[..<index].reversed())) && isLetterThatJoins(after)
        case 0x200D: return isVirama(before) || isPictograph(beforeJoiner: text[..<index]) && isPictograph(after)
        case 0xFE0E, 0xFE0F:
            return isPictograph(before) || after?.value == 0x20E3 && before.map(isKey) == true
        default: return false
        }
    }

    /// The letter in front, over at most a few marks that stand on it.
    private static func letter(_ before: ReversedCollection<ArraySlice<Unicode.Scalar>>) -> Unicode.Scalar? {
        before.prefix(4).first { $0.properties.generalCategory != .nonspacingMark }
    }

    private static func isVirama(_ scalar: Unicode.Scalar?) -> Bool {
        scalar?.properties.canonicalCombiningClass == .virama
    }

    /// Letters of Arabic, Syriac, N'Ko, Mandaic and Mongolian.
    private static func isLetterThatJoins(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar, scalar.properties.isAlphabetic else { return false }
        switch scalar.value {
        case 0x0600...0x077F, 0x07C0...0x07FF, 0x0840...0x08FF, 0x1800...0x18AF, 0xFB50...0xFDFF, 0xFE70...0xFEFE:
            return true
        default: return false
        }
    }

    private static func isPictograph(beforeJoiner text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let last = text.last else { return false }
        return isPictograph(last.value == 0xFE0F ? text.dropLast().last : last)
    }

    private static func isPictograph(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar, scalar.value > 0x7F else { return false }
        return scalar.properties.isEmoji
    }

    /// What has a form as a key: a digit, the number sign, the asterisk.
    private static func isKey(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.properties.isEmoji
    }
}
