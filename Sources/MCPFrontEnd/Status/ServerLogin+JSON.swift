import MCPCore
import MCPGateway
import NIOCore

extension ServerLogin {
    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("needed", need)
        if isByItself { object.add("byItself", json: ByteBuffer(string: "true")) }
        object.add("account", account)
        object.add("until", end.map { UTCTime.text(seconds: $0) })
        return object.finished
    }
}
