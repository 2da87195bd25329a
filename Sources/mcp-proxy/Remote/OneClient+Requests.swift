import MCPCore
import MCPGateway
import NIOCore

extension OneClient {
    /// All the tools.
    ///
    /// - Throws: `CommandFailure` when there are more than anybody can use, besides what `request` throws.
    func tools() async throws -> [JSONView] {
        var tools: [JSONView] = []
        var pages = PageCount(maximumBytes: ToolPages.maximumBytes)
        var cursor: String?
        repeat {
            let result = try await request(.toolsList, OwnMessages.object(cursor.map { [("cursor", $0)] } ?? []))
            guard pages.take(result.range.count) else {
                throw CommandFailure("the server lists more than \(ToolPages.maximumBytes >> 20) MiB of tools")
            }
            result["tools"]?.forEachElement { if $0.isObject { tools.append($0) } }
            cursor = pages.next(after: result)
        } while cursor != nil
        return tools
    }

    /// Calls a tool and hears of its progress.
    ///
    /// - Parameter arguments: An object in JSON.
    func call(_ tool: String, _ arguments: ByteBuffer) async throws -> JSONView {
        var params = ByteBuffer(string: #"{"_meta":{"progressToken":"call"},"name":"#)
        params.writeJSONString(tool)
        params.writeString(#","arguments":"#)
        params.writeImmutableBuffer(arguments)
        params.writeString("}")
        return try await request(.toolsCall, params)
    }

    /// Reads a resource.
    func read(_ uri: String) async throws -> JSONView {
        try await request(.resourcesRead, OwnMessages.object([("uri", uri)]))
    }
}
