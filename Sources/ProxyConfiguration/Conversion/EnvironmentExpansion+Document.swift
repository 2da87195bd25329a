extension EnvironmentExpansion {
    /// Expands every string value of a document, and the names inside `mcpServers`, `clients`, `env` and `headers`.
    func expand(_ node: ConfigurationNode, at path: ConfigurationPath, _ context: inout ConversionContext)
        -> ConfigurationNode
    {
        expand(node, at: path, namesAreFree: false, &context)
    }

    private func expand(
        _ node: ConfigurationNode, at path: ConfigurationPath, namesAreFree: Bool, _ context: inout ConversionContext
    ) -> ConfigurationNode {
        var node = node
        switch node.value {
        case .null, .bool, .number:
            break
        case .string(let text):
            node.value = .string(expand(text, at: node.position, path, &context))
        case .array(let elements):
            var expanded: [ConfigurationNode] = []
            for (index, element) in elements.enumerated() {
                expanded.append(expand(element, at: path.appending(index: index), namesAreFree: false, &context))
            }
            node.value = .array(expanded)
        case .object(let members):
            node.value = .object(
                members.map { expand($0, at: path.appending($0.written), namesAreFree: namesAreFree, &context) })
        }
        return node
    }

    private func expand(
        _ member: ConfigurationNode.Member, at path: ConfigurationPath, namesAreFree: Bool,
        _ context: inout ConversionContext
    ) -> ConfigurationNode.Member {
        var member = member
        if namesAreFree {
            member.name = expand(member.name, at: member.position, path, &context)
        }
        let isFree = ["mcpservers", "clients", "env", "headers"].contains(member.name.lowercased()) && !namesAreFree
        member.value = expand(member.value, at: path, namesAreFree: isFree, &context)
        return member
    }

    private func expand(
        _ text: String, at position: SourcePosition, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> String {
        var expansion = self
        // What a variable brings in is never taken for a parameter of a template.
        expansion.doublesBraces = path.isTemplateText
        let outcome = expansion.expand(text)
        for name in outcome.undefined {
            context.warn(
                "the environment variable \(name) is not set, so nothing stands in its place", at: position, path,
                write: "Set it, or write $$ for a dollar sign")
        }
        if outcome.isMalformed {
            context.warn(
                "${ is not followed by the name of an environment variable and }, so it stays as it is", at: position,
                path,
                write: "Write ${NAME}; defaults such as ${NAME:-text} are not supported")
        }
        if outcome.hasDoubtfulDollar {
            context.warn(
                "a dollar sign stays as it is, because no variable has such a name", at: position, path,
                write: "Write $$ for a dollar sign")
        }
        return outcome.text
    }
}
