import MCPCore
import MCPGateway
import NIOCore

extension OneClient {
    /// All the tools.
    ///
    /// - Throws: `CommandFailure` when the list has no end within bounds, besides what `request` throws.
    func tools() async throws -> [JSONView] {
        var tools: [JSONView] = []
        var pages = PageCount(maximumBytes: ToolPages.maximumBytes)
        var members: [(String, String)] = []
        while true {
            let result = try await request(.toolsList, OwnMessages.object(members))
            result["tools"]?.forEachElement { if $0.isObject { tools.append($0) } }
            switch pages.next(after: result, of: result.range.count) {
            case .page(let cursor): members = [("cursor", cursor)]
            case .end: return tools
            case .tooMuch(let why): throw CommandFailure("the server's list of tools \(why)")
            }
        }
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
