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

/// Says of which tool it is asked who may call it.
struct AccessOperation: Sendable {
    let server: String
    let tool: String

    /// - Throws: where it does not say of which.
    init(_ target: RequestTarget) throws(ManagementProblem) {
        let fields = FormText.read(target.query ?? "") ?? []
        guard let server = FormText.only("server", in: fields), let tool = FormText.only("tool", in: fields) else {
            throw ManagementProblem(.invalidRequest, "name one tool: /api/access?server=NAME&tool=NAME")
        }
        (self.server, self.tool) = (server, tool)
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

extension ToolRequests {
    func answer(_ operation: AccessOperation) async throws(ManagementRefusal) -> ManagementAnswer {
        var object = JSONObjectWriter()
        object.add("server", operation.server)
        object.add("tool", operation.tool)
        object.add(
            "places",
            elements: try await servers.places(ofTool: operation.tool, at: operation.server).map(\.json))
        return ManagementAnswer(.ok, object.finished)
    }
}

extension ToolDirectory.Tool {
    /// How much of names and words a list has.
    private static let longestName = 512
    private static let longestWords = 300

    /// What a list has of every tool.
    fileprivate var json: ByteBuffer {
        var texts: (name: String?, title: String?, description: String?)
        // One walk over the definition: there may be thousands of them.
        JSONText(accepted: self.definition).root.forEachMember { name, value in
            switch name {
            case "name": texts.name = value.string
            case "title": texts.title = value.string
            case "description": texts.description = value.string
            default: break
            }
        }
        var object = JSONObjectWriter()
        object.add("server", server)
        object.add("name", texts.name ?? "")
        object.add("title", texts.title.map { String($0.prefix(Self.longestName)) })
        object.add("description", texts.description.map { String($0.prefix(Self.longestWords)) })
        object.add("tokens", TokenEstimate.tokens(ofBytes: self.definition.readableBytes))
        if isWithheld { object.add("withheld", json: ByteBuffer(string: "true")) }
        return object.finished
    }
}
