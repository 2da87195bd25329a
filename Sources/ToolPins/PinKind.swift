import MCPValues

/// What can be pinned.
package enum PinKind: String, Sendable, CaseIterable {
    case tool
    case prompt

    /// The members of a definition that count: all that tells a model, or a person, what it is and what to give it, and what
    /// some readers take for that. What only decorates it is left out.
    func counts(_ member: String) -> Bool {
        switch (self, member) {
        case (_, "name"), (_, "title"), (_, "description"): true
        case (.tool, "inputSchema"), (.tool, "outputSchema"), (.tool, "annotations"): true
        case (.prompt, "arguments"): true
        case (.tool, _): Self.countingOfTool.contains(FoldedName(member))
        case (.prompt, _): Self.countingOfPrompt.contains(FoldedName(member))
        }
    }

    private static let countingOfTool = folded([
        "name", "title", "description", "inputSchema", "outputSchema", "annotations",
    ])
    private static let countingOfPrompt = folded(["name", "title", "description", "arguments"])

    private static func folded(_ names: [String]) -> Set<FoldedName> { Set(names.map(FoldedName.init)) }

    /// The member of a file that holds those of this kind.
    var plural: String {
        switch self {
        case .tool: "tools"
        case .prompt: "prompts"
        }
    }
}
