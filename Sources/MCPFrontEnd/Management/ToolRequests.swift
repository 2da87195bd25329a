import MCPCore
import MCPGateway
import MCPValues
import NIOCore
import NIOHTTP1

/// Says what is asked of the tools of all servers.
struct ToolsOperation: Sendable {
    /// How many are found at most.
    static let largestLimit = 100

    /// What they should do; nil for all of them.
    let search: String?

    init(_ target: RequestTarget) {
        let fields = FormText.read(target.query ?? "") ?? []
        search = FormText.only("search", in: fields).flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    }
}

/// Puts one request about the tools of all servers to their owner, and the answer into the documented form.
struct ToolRequests: Sendable {
    let servers: any ToolManagement
    let caller: ManagementCaller

    func answer(_ operation: ToolsOperation) async -> ManagementAnswer {
        var object = JSONObjectWriter()
        if let search = operation.search {
            let found = await servers.findTools(search, limit: ToolsOperation.largestLimit, for: caller)
            object.add("tools", elements: found.tools.map(\.json))
            object.add("unmatched", found.unmatched)
        } else {
            object.add("tools", elements: await servers.allTools(for: caller).map(\.json))
        }
        return ManagementAnswer(.ok, object.finished)
    }
}

extension ToolDirectory.Tool {
    /// How much of names and words a list has.
    private static let longestName = 512
    private static let longestWords = 300

    /// What a list has of every tool.
    fileprivate var json: ByteBuffer {
        let definition = JSONText(accepted: self.definition).root
        var object = JSONObjectWriter()
        object.add("server", server)
        object.add("name", definition["name"]?.string ?? "")
        object.add("title", definition["title"]?.string.map { String($0.prefix(Self.longestName)) })
        object.add("description", definition["description"]?.string.map { String($0.prefix(Self.longestWords)) })
        object.add("tokens", TokenEstimate.tokens(ofBytes: self.definition.readableBytes))
        if isWithheld { object.add("withheld", json: ByteBuffer(string: "true")) }
        return object.finished
    }
}
