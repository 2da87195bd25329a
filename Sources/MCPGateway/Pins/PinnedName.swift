package import MCPValues
package import ToolPins

/// A tool or prompt of a server, by the name that it has there.
package struct PinnedName: Hashable, Sendable {
    package let kind: PinKind
    package let name: ByteText

    /// What it is called in logs.
    package var words: String { "\(kind.rawValue) \(name.text)" }

    package init(_ kind: PinKind, _ name: ByteText) {
        self.kind = kind
        self.name = name
    }
}

extension PinnedName: Comparable {
    package static func < (left: PinnedName, right: PinnedName) -> Bool {
        left.kind == right.kind ? left.name < right.name : left.kind.rawValue < right.kind.rawValue
    }
}

extension CatalogKind {
    init(_ kind: PinKind) {
        switch kind {
        case .tool: self = .tools
        case .prompt: self = .prompts
        }
    }
}

extension PinKind {
    /// What is pinned of a list; nil for one of which nothing is.
    init?(_ kind: CatalogKind) {
        switch kind {
        case .tools: self = .tool
        case .prompts: self = .prompt
        case .resources, .templates: return nil
        }
    }
}
