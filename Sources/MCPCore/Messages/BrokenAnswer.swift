package import NIOCore

/// What can still be told of an answer that is not a message, such as one with `NaN` or a byte that is not UTF-8: to
/// which of our requests it belongs. Nothing else of it is believed.
package enum BrokenAnswer {
    /// The identifier, an integer of ours, that stands among the outermost members; nil where it is not there, or there
    /// twice, or where the text is no answer.
    package static func id(in text: ByteBuffer) -> Int64? {
        var glance = OutermostMembers(text.readableBytesView)
        var id: Int64?
        var isAnswer = false
        while let (name, value) = glance.next() {
            switch name {
            case "id":
                guard id == nil, let number = Int64(value) else { return nil }
                id = number
            case "result", "error": isAnswer = true
            case "method": return nil
            default: break
            }
        }
        return isAnswer || glance.isComplete ? id : nil
    }
}

/// The outermost members of a text that is much like a JSON object: strings and brackets are understood, nothing else is
/// checked.
private struct OutermostMembers {
    private let bytes: ByteBufferView
    private var index: Int
    /// Whether the object was closed.
    private(set) var isComplete = false
    /// No name and no identifier that matters is longer.
    private static let maximumLength = 32

    init(_ bytes: ByteBufferView) {
        self.bytes = bytes
        index = bytes.startIndex
        skipBlanks()
        if index < bytes.endIndex, bytes[index] == UInt8(ascii: "{") { index += 1 } else { index = bytes.endIndex }
    }

    /// The next name, without its quotes, and the beginning of its value.
    mutating func next() -> (name: String, value: String)? {
        skipBlanks()
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: "\"") else { return nil }
        let nameStart = index + 1
        skipString()
        let name = text(nameStart..<max(nameStart, index - 1))
        skipBlanks()
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: ":") else { return nil }
        index += 1
        skipBlanks()
        let valueStart = index
        skipValue()
        return (name, text(valueStart..<index))
    }

    private mutating func skipValue() {
        var depth = 0
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                skipString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}") where depth == 0:
                isComplete = true
                return
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0: return
            default: break
            }
            index += 1
        }
    }

    private mutating func skipString() {
        index += 1
        while index < bytes.endIndex, bytes[index] != UInt8(ascii: "\"") {
            index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index = min(index + 1, bytes.endIndex)
    }

    private mutating func skipBlanks() {
        while index < bytes.endIndex, [0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ",")].contains(bytes[index]) { index += 1 }
    }

    private func text(_ range: Range<Int>) -> String {
        var text = bytes[range.clamped(to: bytes.startIndex..<bytes.endIndex)].prefix(Self.maximumLength)
        while let last = text.last, last == 0x20 || last == 0x09 || last == 0x0D { text = text.dropLast() }
        return String(decoding: text, as: UTF8.self)
    }
}
