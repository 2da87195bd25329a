/// A text that equals another one only where their bytes are equal.
///
/// Swift compares texts by what they show: `é` equals `e` with an accent after it, and `K` the sign for Kelvin, also in
/// its sets and dictionaries. Names, identifiers and addresses that somebody else has chosen are compared, and kept in
/// sets and dictionaries, as this.
package struct ByteText: Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

extension ByteText: Hashable {
    package static func == (left: ByteText, right: ByteText) -> Bool {
        left.text.hasBytes(of: right.text)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // No text has this byte, so that two of them in a row cannot be taken for two others.
        hasher.combine(0xFF as UInt8)
    }
}

extension ByteText: Comparable {
    package static func < (left: ByteText, right: ByteText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension ByteText: CustomStringConvertible {
    package var description: String { text }
}

// Written for `String` alone: what is generic here is not specialised in the modules that call it.
extension String {
    /// Whether both are the same bytes, where `==` would say whether they show the same.
    package func hasBytes(of other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                unsafe UnsafeRawBufferPointer(left).hasBytes(of: UnsafeRawBufferPointer(right))
            }
        }
    }

    /// Whether the bytes begin with those of another text; `hasPrefix` overlooks a character that is combined with the
    /// one behind it.
    package func beginsWithBytes(of other: String) -> Bool {
        utf8.starts(with: other.utf8)
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are those of another buffer of the same length, eight at a time: names of sessions, servers and
    /// tools are compared in every call.
    fileprivate func hasBytes(of other: UnsafeRawBufferPointer) -> Bool {
        var place = 0
        while place + 8 <= count {
            guard
                unsafe loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    == other.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            else { return false }
            place += 8
        }
        while place < count {
            guard unsafe self[place] == other[place] else { return false }
            place += 1
        }
        return true
    }
}
