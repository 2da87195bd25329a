import MCPCore
import NIOCore

/// An error that names no request although the protocol demands it. Where it came in answer to a request, it can only be
/// about that.
enum UnnamedError {
    /// Returns the same error under the identifier of the request; nil for anything else.
    static func answer(in body: ByteBuffer, to id: Int64, maximumDepth: Int) -> ByteBuffer? {
        // What is no JSON is no error in that sense, which is what nil says.
        guard let root = (try? JSONText(scanning: body, maximumDepth: maximumDepth))?.root, root["id"] == nil,
            root["method"] == nil, root["result"] == nil, let error = root["error"], error.isObject,
            error["code"]?.integer != nil
        else { return nil }
        return OwnMessages.error(id: .integer(id), object: error.bytes)
    }
}
