/// Text of others as it may stand in a log, in a journal or on a terminal.
package enum PrintableText {
    /// How long a name may be.
    package static let maximumNameBytes = 256

    /// The text on one line, with every character visible, and cut where it is too long.
    ///
    /// What could end a line, steer a terminal, turn the direction of reading or hide is written as `\u{202e}`; a tab
    /// stays. To do this twice changes nothing.
    package static func make(_ text: String, maximumBytes: Int = maximumNameBytes) -> String {
        var text = text
        let isPlain = text.withUTF8 { bytes in
            unsafe bytes.count <= maximumBytes && bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 }
        }
        if isPlain { return text }
        var result = ""
        var length = 0
        for scalar in text.unicodeScalars {
            let shown = isHidden(scalar) ? "\\u{" + String(scalar.value, radix: 16) + "}" : String(scalar)
            length += shown.utf8.count
            guard length <= maximumBytes else { return result + "…" }
            result += shown
        }
        return result
    }

    /// Whether nobody sees a character, or it does something else than to be seen.
    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09: false
        // Controls, of the first and the second kind.
        case 0x00...0x1F, 0x7F...0x9F: true
        // What ends lines and paragraphs, turns the direction of reading, or has no width.
        case 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        // What Unicode itself calls invisible: fillers, variation selectors, tags, which spell text that nobody sees.
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}
