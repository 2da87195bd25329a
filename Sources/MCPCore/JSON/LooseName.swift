/// Member names as programs read them that do not tell upper case from lower case, Go's `encoding/json` among them: of
/// two names in one object that they take for the same, the last one counts.
enum LooseName {
    /// Whether such a program takes a name for this text, letters of which are ASCII.
    static func matches(_ name: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        var index = 0
        for offset in 0..<text.utf8CodeUnitCount {
            guard index < name.count, let (folded, length) = unsafe fold(name, at: index),
                unsafe folded == lower(text.utf8Start[offset])
            else { return false }
            index += length
        }
        return index == name.count
    }

    /// The small letter of the one that stands there, and how many bytes that has; nil beyond what is folded to ASCII.
    private static func fold(_ name: UnsafeRawBufferPointer, at index: Int) -> (folded: UInt8, length: Int)? {
        let byte = unsafe name[index]
        if byte < 0x80 { return (lower(byte), 1) }
        let rest = name.count - index
        if byte == 0xC5, rest > 1, unsafe name[index + 1] == 0xBF { return (UInt8(ascii: "s"), 2) }  // ſ
        if byte == 0xC4, rest > 1, unsafe name[index + 1] & 0xFE == 0xB0 { return (UInt8(ascii: "i"), 2) }  // İ and ı
        // The sign of kelvin.
        if byte == 0xE2, rest > 2, unsafe name[index + 1] == 0x84, unsafe name[index + 2] == 0xAA {
            return (UInt8(ascii: "k"), 3)
        }
        return nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }
}

extension JSONScanner {
    /// Whether a member name is not this text, but some programs take it for that.
    @inline(__always)
    func resembles(_ name: JSONName, _ text: StaticString) -> Bool {
        // An escaped character is six bytes.
        guard name.content.count >= text.utf8CodeUnitCount, name.content.count <= 6 * text.utf8CodeUnitCount else {
            return false
        }
        if name.isEscaped { return resemblesEscaped(name, text) }
        let first = self[name.content.lowerBound]
        guard unsafe first | 0x20 == text.utf8Start[0] | 0x20 || first >= 0x80 else { return false }
        return unsafe !matches(name, text) && LooseName.matches(slice(name.content), text)
    }

    @inline(never)
    private func resemblesEscaped(_ name: JSONName, _ text: StaticString) -> Bool {
        guard !matches(name, text) else { return false }
        return unsafe JSONString.unescape(self, name).withUnsafeBytes { unsafe LooseName.matches($0, text) }
    }
}
