import MCPCore
import MCPValues
import NIOCore

extension OneClient {
    /// A server that gives a next page again and again is not followed for ever.
    private static let maximumPages = 1_000

    /// All the tools.
    func tools() async throws -> [JSONView] {
        var tools: [JSONView] = []
        var cursor: String?
        for _ in 0..<Self.maximumPages {
            let result = try await request(.toolsList, OwnMessages.object(cursor.map { [("cursor", $0)] } ?? []))
            tools += result["tools"]?.elements ?? []
            guard let next = result["nextCursor"]?.string, cursor.map(next.hasBytes(of:)) != true else { break }
            cursor = next
        }
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
