package import NIOCore

/// The few messages that the proxy writes itself.
package enum OwnMessages {
    /// An error response. `id` nil stands for an unreadable request and is written as `null`.
    package static func error(
        id: RequestID?,
        code: ErrorCode,
        message: String,
        data: [(String, String)] = []
    ) -> ByteBuffer {
        error(id: id, code: code, message: message, json: data.isEmpty ? nil : object(data))
    }

    /// An error response whose `data` is already JSON.
    package static func error(
        id: RequestID?,
        code: ErrorCode,
        message: String,
        json data: ByteBuffer?
    ) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeStaticString(#"{"jsonrpc":"2.0","id":"#)
        if let id { buffer.writeRequestID(id) } else { buffer.writeStaticString("null") }
        buffer.writeStaticString(#","error":{"code":"#)
        buffer.writeDecimal(code.rawValue)
        buffer.writeStaticString(#","message":"#)
        buffer.writeJSONString(message)
        if let data {
            buffer.writeStaticString(#","data":"#)
            buffer.writeImmutableBuffer(data)
        }
        buffer.writeStaticString("}}")
        return buffer
    }

    /// A response whose result is already JSON.
    package static func result(id: RequestID, _ result: ByteBuffer) -> ByteBuffer {
        response(id, #","result":"#, result)
    }

    /// A response whose result is written where it is to stand: a long one is not copied once more.
    ///
    /// - Parameter count: About how many bytes the result has.
    package static func result(id: RequestID, about count: Int, _ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(count + 128)
        buffer.writeStaticString(#"{"jsonrpc":"2.0","id":"#)
        buffer.writeRequestID(id)
        buffer.writeStaticString(#","result":"#)
        write(&buffer)
        buffer.writeStaticString("}")
        return buffer
    }

    /// A response whose error object is already JSON.
    package static func error(id: RequestID, object: ByteBuffer) -> ByteBuffer {
        response(id, #","error":"#, object)
    }

    private static func response(_ id: RequestID, _ member: StaticString, _ value: ByteBuffer) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(value.readableBytes + 64)
        buffer.writeStaticString(#"{"jsonrpc":"2.0","id":"#)
        buffer.writeRequestID(id)
        buffer.writeStaticString(member)
        buffer.writeImmutableBuffer(value)
        buffer.writeStaticString("}")
        return buffer
    }

    /// A response with an empty result.
    package static func emptyResult(id: RequestID) -> ByteBuffer {
        result(id: id, ByteBuffer(string: "{}"))
    }

    /// A request of the proxy's own, with parameters that are already JSON.
    package static func request(id: Int64, method: Method, params: ByteBuffer? = nil) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeStaticString(#"{"jsonrpc":"2.0","id":"#)
        buffer.writeDecimal(id)
        buffer.writeStaticString(#","method":"#)
        buffer.writeJSONString(method.rawValue)
        writeParams(params, to: &buffer)
        return buffer
    }

    /// A notification of the proxy's own, with parameters that are already JSON.
    package static func notification(_ method: Method, params: ByteBuffer? = nil) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeStaticString(#"{"jsonrpc":"2.0","method":"#)
        buffer.writeJSONString(method.rawValue)
        writeParams(params, to: &buffer)
        return buffer
    }

    /// Tells the receiver that a request of ours need not be answered any more.
    package static func cancelled(id: RequestID, reason: String) -> ByteBuffer {
        var params = ByteBuffer()
        params.writeStaticString(#"{"requestId":"#)
        params.writeRequestID(id)
        params.writeStaticString(#","reason":"#)
        params.writeJSONString(reason)
        params.writeStaticString("}")
        return notification(.cancelled, params: params)
    }

    /// An object whose values are strings, such as the parameters of a simple request.
    package static func object(_ members: [(String, String)]) -> ByteBuffer {
        var object = ByteBuffer(string: "{")
        for (index, member) in members.enumerated() {
            if index > 0 { object.writeStaticString(",") }
            object.writeJSONString(member.0)
            object.writeStaticString(":")
            object.writeJSONString(member.1)
        }
        object.writeStaticString("}")
        return object
    }

    private static func writeParams(_ params: ByteBuffer?, to buffer: inout ByteBuffer) {
        if let params {
            buffer.writeStaticString(#","params":"#)
            buffer.writeImmutableBuffer(params)
        }
        buffer.writeStaticString("}")
    }
}
