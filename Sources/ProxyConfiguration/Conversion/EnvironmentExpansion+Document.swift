extension EnvironmentExpansion {
    /// Expands every text of a document, and the names of members: those inside `mcpServers`, `clients`, `env` and
    /// `headers` whole, elsewhere `${NAME}` only, so that `$schema` stays what it is.
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
            guard !node.isReference else { return expandReference(text, at: node.position, path, &context) }
            // What a variable brings in is never taken for a parameter of a template.
            let outcome = expand(
                text, doublingBraces: path.isTemplateText, at: node.position, path, &context)
            node.value = .string(outcome.text)
            node.holdsVariable = outcome.isExpanded
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
        if namesAreFree || member.name.range(ofFirst: "${") != nil {
            let outcome = expand(member.name, at: member.position, path, &context)
            // What lacks a part of its name is told by the name as it is written.
            if outcome.undefined.isEmpty, outcome.unanswered.isEmpty { member.name = outcome.text }
        }
        let isFree = ["mcpservers", "clients", "env", "headers"].contains(member.name.lowercased()) && !namesAreFree
        member.value = expand(member.value, at: path, namesAreFree: isFree, &context)
        return member
    }

    /// What stands for `${NAME}` without quotation marks: one value of JSON, or else a text. The Go program puts the
    /// value into the raw text; here it can be one value only, and never ends the one around it.
    private func expandReference(
        _ text: String, at position: SourcePosition, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> ConfigurationNode {
        let outcome = expand(text, at: position, path, &context)
        guard outcome.undefined.isEmpty, outcome.unanswered.isEmpty else {
            return ConfigurationNode(.null, at: position)
        }
        // What is no JSON is a text: nobody writes quotation marks into a variable.
        let value = (try? JSONDocumentReader.read(Array(outcome.text.utf8)).value) ?? .string(outcome.text)
        return placed(ConfigurationNode(value, at: position), at: position, path)
    }

    /// The value of a variable as a part of the document: all of it stands where the variable stood.
    private func placed(
        _ node: ConfigurationNode, at position: SourcePosition, _ path: ConfigurationPath
    ) -> ConfigurationNode {
        var placed = ConfigurationNode(node.value, at: position)
        placed.holdsVariable = true
        switch node.value {
        case .null, .bool, .number: break
        case .string(let text):
            if path.isTemplateText { placed.value = .string(Self.doublingBraces(text)) }
        case .array(let elements):
            placed.value = .array(
                elements.enumerated().map { self.placed($1, at: position, path.appending(index: $0)) })
        case .object(let members):
            placed.value = .object(
                members.map { member in
                    var member = ConfigurationNode.Member(
                        name: member.name, position: position,
                        value: self.placed(member.value, at: position, path.appending(member.name)))
                    member.written = "${…}"
                    return member
                })
        }
        return placed
    }

    private func expand(
        _ text: String, doublingBraces: Bool = false, at position: SourcePosition, _ path: ConfigurationPath,
        _ context: inout ConversionContext
    ) -> Outcome {
        var expansion = self
        expansion.doublesBraces = doublingBraces
        let outcome = expansion.expand(text)
        for name in outcome.undefined {
            context.miss(MissingVariable(kind: .variable, name: name, position: position, path: path))
        }
        for name in outcome.unanswered {
            context.miss(MissingVariable(kind: .otherProgram, name: name, position: position, path: path))
        }
        warn(of: outcome, at: position, path, &context)
        return outcome
    }

    private func warn(
        of outcome: Outcome, at position: SourcePosition, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) {
        if outcome.hasEditorForm {
            context.warn(
                "${env:NAME} is how other programs write a variable; it is taken for ${NAME}", at: position, path,
                write: "Write ${NAME}")
        }
        if outcome.isMalformed {
            context.warn(
                "${ is not followed by the name of an environment variable and }, so it stays as it is", at: position,
                path, write: "Write ${NAME} or ${NAME:-default}, or $${ for a dollar sign and a brace")
        }
        if outcome.hasDoubtfulDollar {
            let doubled = outcome.hasDoubledDollar ? ", while each $$ is one dollar sign" : ""
            context.warn(
                "a dollar sign stays as it is, because no variable has such a name\(doubled)", at: position, path,
                write: "Write $$ for every dollar sign, or start with --expand-env=false if nothing is to be expanded")
        }
    }
}
