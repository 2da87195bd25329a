import MCPCore
import NIOCore

extension JSONView {
    /// The text of a string value, where it is a text: half of a surrogate pair is none, and would make two names look
    /// alike.
    var exactText: String? {
        let written = bytes
        guard written.byte(at: 0) == UInt8(ascii: "\"") else { return nil }
        return unsafe written.withUnsafeReadableBytes { all in
            let content = unsafe UnsafeRawBufferPointer(rebasing: all[1..<all.count - 1])
            return unsafe String(validating: JSONString.unescape(content), as: UTF8.self)
        }
    }

    /// Whether it is a number, as it must begin.
    var isNumber: Bool {
        let first = bytes.byte(at: 0)
        return first == UInt8(ascii: "-") || (0x30...0x39).contains(first)
    }

    /// One text, or the texts of an array; nil where anything else stands there.
    var oneOrMoreTexts: [String]? {
        if let text = exactText { return [text] }
        guard isArray else { return nil }
        var texts: [String] = []
        for element in elements {
            guard let text = element.exactText else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// A point of time; nil where no time stands there.
    var time: UnixTime? {
        isNumber ? UnixTime(numericDate: String(buffer: bytes)) : nil
    }
}
