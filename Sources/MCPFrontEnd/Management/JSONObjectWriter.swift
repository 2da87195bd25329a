import MCPCore
import NIOCore

/// Writes a JSON object member by member.
struct JSONObjectWriter {
    private var bytes = ByteBuffer(string: "{")
    private var isFirst = true

    private mutating func name(_ name: String) {
        if !isFirst { bytes.writeString(",") }
        isFirst = false
        bytes.writeJSONString(name)
        bytes.writeString(":")
    }

    /// Adds a text, when there is one.
    mutating func add(_ member: String, _ text: String?) {
        guard let text else { return }
        name(member)
        bytes.writeJSONString(text)
    }

    /// Adds a number, when there is one.
    mutating func add(_ member: String, _ number: Int?) {
        guard let number else { return }
        name(member)
        bytes.writeString(String(number))
    }

    mutating func add(_ member: String, _ texts: [String]) {
        name(member)
        bytes.writeString("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.writeString(",") }
            bytes.writeJSONString(text)
        }
        bytes.writeString("]")
    }

    /// Adds what is JSON already.
    mutating func add(_ member: String, json: ByteBuffer) {
        name(member)
        bytes.writeImmutableBuffer(json)
    }

    /// Adds several values that are JSON already, as an array.
    mutating func add(_ member: String, elements: [ByteBuffer]) {
        name(member)
        bytes.writeString("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.writeString(",") }
            bytes.writeImmutableBuffer(element)
        }
        bytes.writeString("]")
    }

    /// The whole object.
    var finished: ByteBuffer {
        var whole = bytes
        whole.writeString("}")
        return whole
    }
}
