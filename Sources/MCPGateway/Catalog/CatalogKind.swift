import MCPCore

/// The lists that a server may have.
enum CatalogKind: Int, Sendable, CaseIterable {
    case tools
    case prompts
    case resources
    case templates

    /// The list that a request asks for; nil for a request that asks for none.
    init?(of method: Method) {
        switch method {
        case .toolsList: self = .tools
        case .promptsList: self = .prompts
        case .resourcesList: self = .resources
        case .resourceTemplatesList: self = .templates
        default: return nil
        }
    }

    var method: Method {
        switch self {
        case .tools: .toolsList
        case .prompts: .promptsList
        case .resources: .resourcesList
        case .templates: .resourceTemplatesList
        }
    }

    /// The member of a result that holds the list.
    var member: String {
        switch self {
        case .tools: "tools"
        case .prompts: "prompts"
        case .resources: "resources"
        case .templates: "resourceTemplates"
        }
    }

    /// The member of an entry by which it is asked for.
    var key: String {
        switch self {
        case .tools, .prompts: "name"
        case .resources: "uri"
        case .templates: "uriTemplate"
        }
    }

    /// The capability of a server that has the list.
    var capability: String {
        switch self {
        case .tools: "tools"
        case .prompts: "prompts"
        case .resources, .templates: "resources"
        }
    }

    /// What tells clients that the list has changed.
    var change: Method {
        switch self {
        case .tools: .toolListChanged
        case .prompts: .promptListChanged
        case .resources, .templates: .resourceListChanged
        }
    }
}
