package import NIOCore

/// Writes a JSON object member by member.
package struct JSONObjectWriter {
    private var bytes = ByteBuffer()
    private var isFirst = true

    package init() {
        // Most objects never grow beyond it.
        bytes.reserveCapacity(512)
        bytes.writeStaticString("{")
    }

    private mutating func name(_ name: String) {
        bytes.writeJSONString(name, behindComma: !isFirst, beforeColon: true)
        isFirst = false
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

    /// Adds the members of another object.
    package mutating func add(members: ByteBuffer) {
        guard members.readableBytes > 0 else { return }
        if !isFirst { bytes.writeStaticString(",") }
        isFirst = false
        bytes.writeImmutableBuffer(members)
    }

    /// What stands between the braces.
    package var members: ByteBuffer {
        bytes.getSlice(at: bytes.readerIndex + 1, length: bytes.readableBytes - 1) ?? ByteBuffer()
    }

    /// The whole object.
    package var finished: ByteBuffer {
        var whole = bytes
        whole.writeStaticString("}")
        return whole
    }
}
