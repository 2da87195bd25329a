import MCPCore
import MCPGateway
import NIOCore

extension ServerJournal.Entry {
    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("number", number)
        object.add("time", UTCTime.text(time))
        object.add("kind", kind.rawValue)
        object.add("text", text)
        return object.finished
    }
}
