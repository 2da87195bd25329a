import MCPCore
import MCPGateway
import NIOCore

extension EndedRequest {
    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("number", number)
        object.add("time", UTCTime.text(time))
        object.add("request", request)
        object.add("principal", principal)
        object.add("client", client)
        object.add("route", route)
        object.add("server", server)
        object.add("method", method)
        object.add("tool", tool)
        object.add("outcome", outcome)
        object.add("reason", reason)
        object.add("ms", json: ByteBuffer(string: "\(Double(nanoseconds / 10_000) / 100)"))
        return object.finished
    }
}
