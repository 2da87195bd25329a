import MCPCore
import MCPGateway
import NIOCore

extension WithheldPins {
    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("count", count)
        object.add("isBlocked", json: ByteBuffer(string: isBlocked ? "true" : "false"))
        object.add("words", words)
        return object.finished
    }
}
