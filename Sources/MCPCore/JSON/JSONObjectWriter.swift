package import NIOCore

/// Writes a JSON object member by member.
package struct JSONObjectWriter {
    private var bytes = ByteBuffer(string: "{")
    private var isFirst = true

    package init() {}

    private mutating func name(_ name: String) {
        if !isFirst { bytes.writeStaticString(",") }
        isFirst = false
        bytes.writeJSONString(name)
        bytes.writeStaticString(":")
    }

    /// Adds a text, when there is one.
    package mutating func add(_ member: String, _ text: String?) {
        guard let text else { return }
        name(member)
        bytes.writeJSONString(text)
    }

    /// Adds a number, when there is one.
    package mutating func add(_ member: String, _ number: Int?) {
        guard let number else { return }
        name(member)
        bytes.writeDecimal(number)
    }

    package mutating func add(_ member: String, _ texts: [String]) {
        name(member)
        bytes.writeStaticString("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.writeStaticString(",") }
            bytes.writeJSONString(text)
        }
        bytes.writeStaticString("]")
    }

    /// Adds what is JSON already.
    package mutating func add(_ member: String, json: ByteBuffer) {
        name(member)
        bytes.writeImmutableBuffer(json)
    }

    /// Adds several values that are JSON already, as an array.
    package mutating func add(_ member: String, elements: [ByteBuffer]) {
        name(member)
        bytes.writeStaticString("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.writeStaticString(",") }
            bytes.writeImmutableBuffer(element)
        }
        bytes.writeStaticString("]")
    }

    /// The whole object.
    package var finished: ByteBuffer {
        var whole = bytes
        whole.writeStaticString("}")
        return whole
    }
}
