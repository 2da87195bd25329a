import MCPCore
import NIOCore

extension JSONView {
    /// This object, which must not be empty, with one more member before its own; as it is where it has such a member.
    func adding(_ name: String, _ value: @autoclosure () -> String) -> ByteBuffer {
        guard self[name] == nil else { return bytes }
        var object = ByteBuffer(string: "{")
        object.writeJSONString(name)
        object.writeStaticString(":")
        object.writeJSONString(value())
        object.writeStaticString(",")
        var members = bytes
        members.moveReaderIndex(forwardBy: 1)
        object.writeImmutableBuffer(members)
        return object
    }

    /// Returns the value with a text in the place of something in it.
    func replacing(_ part: JSONView, by replacement: String) -> ByteBuffer {
        var value = ByteBuffer()
        value.writeImmutableBuffer(JSONView(text: text, range: range.lowerBound..<part.range.lowerBound).bytes)
        value.writeJSONString(replacement)
        value.writeImmutableBuffer(JSONView(text: text, range: part.range.upperBound..<range.upperBound).bytes)
        return value
    }
}
