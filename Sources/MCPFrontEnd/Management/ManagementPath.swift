import NIOHTTP1

/// Says what a path of the management API names, as far as the path alone tells.
enum ManagementPath: Equatable, Sendable {
    case servers
    /// What stands after `/api/servers/`: a server's name, or one with an action behind it.
    case named(String)
    /// The tools of all servers.
    case tools
    /// Who may call a tool.
    case access
    /// The requests of clients, as they end.
    case traffic
    case groups
    /// A group, by its name.
    case group(String)
    /// What was approved of servers.
    case pins
    /// The same as a file.
    case pinFile
    /// What was approved of a server, by its name.
    case pin(String)
    /// The approval of what a server shows, by its name.
    case approval(String)
    case reload
    /// What counts by the configuration.
    case configuration
    case recordings
    /// A recording, by its name.
    case recording(String)
    /// What is counted and measured, for Prometheus.
    case metrics
    case description
    case problem(String)
    case unknown

    /// Reads a decoded path; nil when it is not one of the API.
    ///
    /// - Parameter prefix: The path of the base URL. A reverse proxy may have taken it away, so it may be missing.
    init?(_ path: String, prefix: String) {
        if path == "\(prefix)/metrics" || path == "/metrics" {
            self = .metrics
            return
        }
        let roots = prefix == "/api" || prefix.hasPrefix("/api/") ? ["\(prefix)/api/"] : ["\(prefix)/api/", "/api/"]
        guard let root = roots.first(where: { path.utf8.starts(with: $0.utf8) }),
            var rest = String(path.utf8.dropFirst(root.utf8.count))
        else { return nil }
        if rest.utf8.last == UInt8(ascii: "/") { rest.removeLast() }
        switch rest {
        case "servers": self = .servers
        case "tools": self = .tools
        case "access": self = .access
        case "traffic": self = .traffic
        case "groups": self = .groups
        case "pins": self = .pins
        case "pins.json": self = .pinFile
        case "reload": self = .reload
        case "configuration": self = .configuration
        case "recordings": self = .recordings
        case "openapi.json": self = .description
        default:
            if rest.hasPrefix("servers/") {
                self = .named(String(rest.dropFirst("servers/".count)))
            } else if rest.hasPrefix("groups/") {
                self = .group(String(rest.dropFirst("groups/".count)))
            } else if rest.hasPrefix("pins/") {
                self = Self.pin(ofPath: String(rest.dropFirst("pins/".count)))
            } else if rest.hasPrefix("recordings/") {
                self = .recording(String(rest.dropFirst("recordings/".count)))
            } else if rest.hasPrefix("problems/") {
                self = .problem(String(rest.dropFirst("problems/".count)))
            } else {
                self = .unknown
            }
        }
    }

    private static func pin(ofPath text: String) -> ManagementPath {
        let action = "/approve"
        guard text.hasSuffix(action), text.count > action.count else { return .pin(text) }
        return .approval(String(text.dropLast(action.count)))
    }

    /// What may be asked of it, apart from HEAD where GET is and from OPTIONS; nothing where nothing is.
    var methods: [HTTPMethod] {
        switch self {
        case .servers, .recordings: [.GET, .POST]
        case .recording: [.GET, .DELETE]
        case .named(let text):
            ServerAction.split(text)?.action.method == .POST ? [.GET, .PUT, .DELETE, .POST] : [.GET, .PUT, .DELETE]
        case .group: [.GET, .PUT, .DELETE]
        case .reload, .approval: [.POST]
        case .tools, .access, .traffic, .groups, .pins, .pinFile, .pin, .configuration, .metrics, .description,
            .problem:
            [.GET]
        case .unknown: []
        }
    }

    /// Whether everybody may read it, because it tells nothing of this proxy.
    var isPublic: Bool {
        switch self {
        case .description, .problem: true
        case .servers, .named, .tools, .access, .traffic, .groups, .group, .pins, .pinFile, .pin, .approval, .reload,
            .configuration, .recordings, .recording, .metrics, .unknown:
            false
        }
    }

    /// Whether who reads it sees what others have sent and got.
    var showsMessages: Bool { if case .recording = self { true } else { false } }

    /// Returns the change that a method asks for here, in a word; nil when it is none.
    func change(_ method: HTTPMethod) -> String? {
        switch (self, method) {
        case (.servers, .POST): "add"
        case (.named, .PUT): "replace"
        case (.named, .DELETE): "remove"
        case (.named(let text), .POST): ServerAction.split(text)?.action.rawValue
        case (.group, .PUT): "replace-group"
        case (.group, .DELETE): "remove-group"
        case (.approval, .POST): "approve"
        case (.reload, .POST): "reload"
        case (.recordings, .POST): "record"
        case (.recording, .DELETE): "remove-recording"
        // What passes is not for everybody who may look, and who has read it is written down.
        case (.recording, .GET): "read-recording"
        default: nil
        }
    }
}

/// Says what may stand behind a server's name.
enum ServerAction: String, CaseIterable, Sendable {
    case restart
    case enable
    case disable
    case login
    case logout
    case tools
    case logs

    var method: HTTPMethod {
        switch self {
        case .restart, .enable, .disable, .login, .logout: .POST
        case .tools, .logs: .GET
        }
    }

    /// Returns the name and the action, if the text ends with one.
    static func split(_ text: String) -> (name: String, action: ServerAction)? {
        guard let slash = text.lastIndex(of: "/"), slash > text.startIndex,
            let action = ServerAction(rawValue: String(text[text.index(after: slash)...]))
        else { return nil }
        return (String(text[..<slash]), action)
    }
}
