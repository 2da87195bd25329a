import MCPCore
import NIOCore
import NIOHTTP1

/// The description of the management API ([OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0)).
struct ManagementDescription: Sendable {
    /// The path of the base URL, without a slash at its end.
    let prefix: String

    /// One method of one path.
    struct Operation: Sendable {
        let path: String
        let method: String
        let id: String
        let summary: String
        /// The name of the schema of its body, and whether there must be one.
        var body: (schema: String, isNeeded: Bool)?
        /// The statuses with which it succeeds, each with the name of a schema.
        let success: (status: Int, schema: String)
        /// The other statuses; each answers with problem details.
        var problems: [Int] = []
        /// Whether it may be asked for without a token.
        var isPublic = false
    }

    static let change = [401, 403, 409, 413, 415, 400, 422, 429, 503, 507]

    /// Everything that the API does. HEAD is answered wherever GET is.
    static let operations: [Operation] =
        [
            Operation(
                path: "/api/servers", method: "get", id: "listServers",
                summary:
                    "All servers. Without a token, where servers ask for tokens or others can reach the proxy: only "
                    + "path and state.",
                success: (200, "ServerList"), problems: [401, 403]),
            Operation(
                path: "/api/servers", method: "post", id: "addServer",
                summary:
                    "Starts a server and publishes it once it is ready, unless its options leave it out. On failure "
                    + "nothing is left behind.",
                body: ("NewServer", true), success: (201, "Added"), problems: change),
            Operation(
                path: "/api/servers/{name}", method: "get", id: "getServer", summary: "One server.",
                success: (200, "Server"), problems: [401, 403, 404]),
            Operation(
                path: "/api/servers/{name}", method: "put", id: "replaceServer",
                summary: "Gives a server another configuration without a gap, or adds it.",
                body: ("Replacement", true), success: (200, "Changed"), problems: change + [404, 405]),
            Operation(
                path: "/api/servers/{name}", method: "delete", id: "removeServer",
                summary: "Lets calls under way finish, then ends the server and withdraws its route.",
                body: ("Nothing", false), success: (200, "Removed"), problems: change + [404, 405]),
            Operation(
                path: "/api/servers/{name}/restart", method: "post", id: "restartServer",
                summary: "Starts a server anew; the new one takes over when it is ready.",
                body: ("Nothing", false), success: (200, "Changed"), problems: change + [404, 405]),
            Operation(
                path: "/api/servers/{name}/enable", method: "post", id: "enableServer",
                summary: "Starts a server that was disabled.",
                body: ("Nothing", false), success: (200, "Changed"), problems: change + [404, 405]),
            Operation(
                path: "/api/servers/{name}/disable", method: "post", id: "disableServer",
                summary: "Ends a server without forgetting it.",
                body: ("Nothing", false), success: (200, "Changed"), problems: change + [404, 405]),
            Operation(
                path: "/api/servers/{name}/tools", method: "get", id: "listTools",
                summary:
                    "The tools that clients of the server see, and the names of those that are withheld. Nothing is started for this.",
                success: (200, "Tools"), problems: [401, 403, 404, 409, 422, 429, 503]),
            Operation(
                path: "/api/servers/{name}/logs", method: "get", id: "getLogs",
                summary: "Recent events and error output. With ?follow=true or Accept: text/event-stream also what "
                    + "comes later, each entry an event with its number as id, until an event named end.",
                success: (200, "Log"), problems: [401, 403, 404]),
            Operation(
                path: "/api/groups", method: "get", id: "listGroups",
                summary: "All groups, each with its servers in the order in which they are offered.",
                success: (200, "GroupList"), problems: [401, 403]),
            Operation(
                path: "/api/groups/{name}", method: "get", id: "getGroup",
                summary:
                    "One group: its servers, what is offered there under which names, and what is hidden by which rule.",
                success: (200, "Group"), problems: [401, 403, 404]),
            Operation(
                path: "/api/groups/{name}", method: "put", id: "replaceGroup",
                summary: "Gives a group another configuration, or adds it. Sessions there go on.",
                body: ("GroupReplacement", true), success: (200, "GroupChanged"), problems: change + [404]),
            Operation(
                path: "/api/groups/{name}", method: "delete", id: "removeGroup",
                summary: "Takes a group away and ends the sessions there. Its servers stay.",
                body: ("Nothing", false), success: (200, "GroupRemoved"), problems: change + [404]),
            Operation(
                path: "/api/tools", method: "get", id: "findTools",
                summary: "The tools of all servers as those listed them last, or those that fit words best.",
                success: (200, "FoundTools"), problems: [401, 403]),
            Operation(
                path: "/api/access", method: "get", id: "getAccess",
                summary: "Where a tool can be called, under which name and by whom.",
                success: (200, "ToolAccess"), problems: [401, 403, 404, 422]),
            Operation(
                path: "/api/traffic", method: "get", id: "getTraffic",
                summary:
                    "The requests of clients that have ended since somebody looks on. With ?follow=true or Accept: "
                    + "text/event-stream also what comes later, each request an event with its number as id; an event "
                    + "named dropped says how many were missed because its client reads slowly.",
                success: (200, "Traffic"), problems: [401, 403]),
            Operation(
                path: "/api/pins", method: "get", id: "listPins",
                summary: "Of every server how much was approved, and how much is shown that was not.",
                success: (200, "PinList"), problems: [401, 403]),
            Operation(
                path: "/api/pins.json", method: "get", id: "getPinFile",
                summary: "All that is approved, as a file for --pins.", success: (200, "Any"), problems: [401, 403]),
            Operation(
                path: "/api/pins/{name}", method: "get", id: "getPins",
                summary: "What was approved of one server, what is different now, and what to look at.",
                success: (200, "Pins"), problems: [401, 403, 404]),
            Operation(
                path: "/api/pins/{name}/approve", method: "post", id: "approvePins",
                summary: "Approves what a server shows now: all with {}, or what the body names.",
                body: ("Approval", true), success: (200, "Approved"), problems: change + [404]),
            Operation(
                path: "/api/reload", method: "post", id: "reload",
                summary: "Reads the configuration again and applies what has changed.",
                body: ("Reload", false), success: (200, "Reloaded"), problems: change),
            Operation(
                path: "/api/configuration", method: "get", id: "getConfiguration",
                summary: "What counts by the configuration and where each value comes from, without secrets.",
                success: (200, "Effective"), problems: [401, 403]),
            Operation(
                path: "/api/openapi.json", method: "get", id: "getDescription", summary: "This description.",
                success: (200, "Any"), isPublic: true),
            Operation(
                path: "/api/problems/{kind}", method: "get", id: "explainProblem",
                summary: "What a type of problem means.",
                success: (200, "ProblemType"), problems: [404], isPublic: true),
        ] + recordingOperations + loginOperations

    /// The whole document.
    var json: ByteBuffer {
        var info = JSONObjectWriter()
        info.add("title", "mcp-proxy management API")
        info.add("version", "1")
        var server = JSONObjectWriter()
        server.add("url", prefix.isEmpty ? "/" : prefix)
        var components = JSONObjectWriter()
        components.add("schemas", json: ByteBuffer(string: Self.schemas))
        components.add("responses", json: problemResponses)
        components.add("parameters", json: ByteBuffer(string: Self.parameters))
        components.add(
            "securitySchemes", json: ByteBuffer(string: #"{"token":{"type":"http","scheme":"bearer"}}"#))
        var object = JSONObjectWriter()
        object.add("openapi", "3.1.0")
        object.add("info", json: info.finished)
        object.add("servers", elements: [server.finished])
        object.add("security", json: ByteBuffer(string: #"[{"token":[]},{}]"#))
        object.add("paths", json: paths)
        object.add("components", json: components.finished)
        return object.finished
    }

    private var paths: ByteBuffer {
        var object = JSONObjectWriter()
        var done: Set<String> = []
        for path in Self.operations.map(\.path) where done.insert(path).inserted {
            var item = JSONObjectWriter()
            if path.contains("{name}") {
                item.add("parameters", json: ByteBuffer(string: ##"[{"$ref":"#/components/parameters/name"}]"##))
            } else if path.contains("{id}") {
                item.add("parameters", json: ByteBuffer(string: ##"[{"$ref":"#/components/parameters/id"}]"##))
            } else if path.contains("{kind}") {
                item.add("parameters", json: ByteBuffer(string: ##"[{"$ref":"#/components/parameters/kind"}]"##))
            }
            for operation in Self.operations where operation.path == path {
                item.add(operation.method, json: operation.json)
            }
            object.add(path, json: item.finished)
        }
        return object.finished
    }

    /// One response for each status of problems.
    private var problemResponses: ByteBuffer {
        var object = JSONObjectWriter()
        let statuses = Set(ManagementProblem.Kind.allCases.map { Int($0.status.code) }).sorted()
        for status in statuses {
            let kinds = ManagementProblem.Kind.allCases.filter { Int($0.status.code) == status }
            var response = JSONObjectWriter()
            response.add("description", kinds.map { "\($0.type): \($0.title)." }.joined(separator: " "))
            response.add("content", json: Self.content("application/problem+json", "Problem"))
            object.add("Problem\(status)", json: response.finished)
        }
        return object.finished
    }

    /// Describes a body of one media type.
    static func content(_ mediaType: String, _ schema: String) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add(mediaType, json: ByteBuffer(string: ##"{"schema":{"$ref":"#/components/schemas/\##(schema)"}}"##))
        return object.finished
    }
}

extension ManagementDescription.Operation {
    /// What may be asked for beside the path, by the identifiers of operations.
    private static let parameters = [
        "getLogs": ["follow", "lastEventID"], "getTraffic": ["follow", "lastEventID"], "findTools": ["search"],
        "getRecording": ["follow", "lastEventID"], "getAccess": ["ofServer", "ofTool"],
    ]
    /// What is an event stream as well.
    private static let streams: Set<String> = ["getLogs", "getTraffic"]

    fileprivate var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("operationId", id)
        object.add("summary", summary)
        if isPublic { object.add("security", json: ByteBuffer(string: "[]")) }
        let parameters = Self.parameters[id, default: []].map {
            ByteBuffer(string: ##"{"$ref":"#/components/parameters/\##($0)"}"##)
        }
        if !parameters.isEmpty { object.add("parameters", elements: parameters) }
        if let body {
            var request = JSONObjectWriter()
            request.add("required", json: ByteBuffer(string: body.isNeeded ? "true" : "false"))
            request.add("content", json: ManagementDescription.content("application/json", body.schema))
            object.add("requestBody", json: request.finished)
        }
        object.add("responses", json: responses)
        return object.finished
    }

    private var responses: ByteBuffer {
        var done = JSONObjectWriter()
        done.add("description", "Done.")
        if success.status == 201 {
            done.add(
                "headers", json: ByteBuffer(string: #"{"Location":{"schema":{"type":"string"}}}"#))
        }
        if Self.streams.contains(id) {
            done.add(
                "content",
                json: ByteBuffer(
                    string: ##"{"application/json":{"schema":{"$ref":"#/components/schemas/\##(success.schema)"}},"##
                        + ##""text/event-stream":{"schema":{"type":"string"}}}"##))
        } else if id == "getRecording" {
            let lines =
                ##"{"application/jsonl":{"schema":{"type":"string"}},"text/event-stream":{"schema":{"type":"string"}}}"##
            done.add("content", json: ByteBuffer(string: lines))
        } else {
            done.add("content", json: ManagementDescription.content("application/json", success.schema))
        }
        var object = JSONObjectWriter()
        object.add(String(success.status), json: done.finished)
        for status in problems.sorted() {
            object.add(
                String(status), json: ByteBuffer(string: ##"{"$ref":"#/components/responses/Problem\##(status)"}"##))
        }
        return object.finished
    }
}
