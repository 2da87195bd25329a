/// What was put into a text: a variable of the environment, or a file.
struct ExpandedName: Sendable, Equatable {
    let name: String
    let isFile: Bool
}

/// Puts environment variables in the place of `$NAME`, `${NAME}` and `${NAME:-default}`, and of `${env:NAME}` as editors
/// write it; and what a file says in the place of `${file:path}`.
///
/// The Go program expands the raw text before it is parsed, so that a value with a quotation mark breaks the file or adds
/// keys to it. Here the text is parsed first; a value is put in once and never looked at again.
struct EnvironmentExpansion {
    /// What came of a text.
    struct Outcome: Equatable {
        var text: String
        /// Variables that are not defined; they expand to nothing.
        var undefined: [String] = []
        /// What only another program can fill in, such as `${input:key}`, as written. It expands to nothing.
        var unanswered: [String] = []
        /// Files that could not be put in. They expand to nothing.
        var unread: [UnreadFile] = []
        /// Whether a variable, a default or a file was put in.
        var isExpanded = false
        /// Whether a file was put in.
        var holdsFile = false
        /// What was put in, in the order written.
        var names: [ExpandedName] = []
        /// Whether a variable is written as editors write it, `${env:NAME}`.
        var hasEditorForm = false
        /// Whether a dollar sign is written as two.
        var hasDoubledDollar = false
        /// Whether a `${` is not followed by a name and `}`. Such text is left as it is.
        var isMalformed = false
        /// Whether a `$` stands before a character that shells treat as a variable. It is left as it is.
        var hasDoubtfulDollar = false

        /// Whether everything was filled in.
        var isComplete: Bool { undefined.isEmpty && unanswered.isEmpty && unread.isEmpty }
    }

    let environment: [String: String]
    var files = SecretFiles.none(because: "is not read here")
    /// Whether braces of values are doubled, for texts in which a brace has a meaning of its own.
    var doublesBraces = false

    /// Expands one text. `$$` stands for a dollar sign.
    func expand(_ text: String) -> Outcome {
        var outcome = Outcome(text: "")
        var rest = Substring(text)
        while let dollar = rest.unicodeScalars.firstIndex(of: "$") {
            outcome.text += rest[..<dollar]
            rest = Substring(rest.unicodeScalars[rest.unicodeScalars.index(after: dollar)...])
            expandReference(&rest, into: &outcome)
        }
        outcome.text += rest
        return outcome
    }

    private func expandReference(_ rest: inout Substring, into outcome: inout Outcome) {
        let scalars = rest.unicodeScalars
        switch scalars.first {
        case "$":
            outcome.text += "$"
            outcome.hasDoubledDollar = true
            rest = Substring(scalars.dropFirst())
        case "{" where scalars.dropFirst().first == "{":
            // A workflow's own placeholder, `${{ secrets.NAME }}`.
            let text = String(rest)
            guard let end = text.range(ofFirst: "}}") else {
                outcome.isMalformed = true
                outcome.text += "$"
                return
            }
            outcome.unanswered.append("$\(text[..<end.upperBound])")
            rest = text[end.upperBound...]
        case "{":
            guard let end = scalars.firstIndex(of: "}"),
                expandBraces(String(scalars.dropFirst().prefix(upTo: end)), into: &outcome)
            else {
                outcome.isMalformed = true
                outcome.text += "$"
                return
            }
            rest = Substring(scalars[scalars.index(after: end)...])
        case let scalar? where Self.isNameStart(scalar):
            let name = String(scalars.prefix(while: Self.isNamePart))
            append(name, to: &outcome)
            rest = Substring(scalars.dropFirst(name.unicodeScalars.count))
        case let scalar?:
            outcome.hasDoubtfulDollar = outcome.hasDoubtfulDollar || "0123456789*#@!?-".unicodeScalars.contains(scalar)
            outcome.text += "$"
        case nil:
            outcome.text += "$"
        }
    }

    /// Expands what stands between `${` and `}`. False if it is nothing that anybody fills in.
    private func expandBraces(_ text: String, into outcome: inout Outcome) -> Bool {
        if let colon = text.firstIndex(of: ":") {
            let (first, rest) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
            if rest.hasPrefix("-"), Self.isName(first) {
                let value = environment[first] ?? ""
                outcome.names.append(ExpandedName(name: first, isFile: false))
                put(value.isEmpty ? String(rest.dropFirst()) : value, into: &outcome)
                return true
            }
            if first == "env", Self.isName(rest) {
                outcome.hasEditorForm = true
                append(rest, to: &outcome)
                return true
            }
            if first == "file", !rest.isEmpty {
                put(fileAt: rest, into: &outcome)
                return true
            }
            guard ["input", "command", "config"].contains(first) else { return false }
            outcome.unanswered.append("${\(text)}")
            return true
        }
        guard Self.isName(text) else { return false }
        if environment[text] == nil, Self.editorNames.contains(text) {
            outcome.unanswered.append("${\(text)}")
        } else {
            append(text, to: &outcome)
        }
        return true
    }

    /// What editors put in of their own.
    private static let editorNames: Set<String> = [
        "workspaceFolder", "workspaceFolderBasename", "workspaceRoot", "userHome", "pathSeparator",
    ]

    private func append(_ name: String, to outcome: inout Outcome) {
        if let value = environment[name] {
            outcome.names.append(ExpandedName(name: name, isFile: false))
            put(value, into: &outcome)
        } else {
            outcome.undefined.append(name)
        }
    }

    private func put(fileAt path: String, into outcome: inout Outcome) {
        switch files.text(path) {
        case .success(let text):
            outcome.holdsFile = true
            outcome.names.append(ExpandedName(name: path, isFile: true))
            put(text, into: &outcome)
        case .failure(let fault): outcome.unread.append(UnreadFile(path: path, fault: fault))
        }
    }

    private func put(_ value: String, into outcome: inout Outcome) {
        outcome.isExpanded = true
        outcome.text += doublesBraces ? Self.doublingBraces(value) : value
    }

    /// The text with every brace written as two.
    static func doublingBraces(_ text: String) -> String {
        text.reduce(into: "") { doubled, character in
            doubled.append(character)
            if character == "{" || character == "}" { doubled.append(character) }
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first else { return false }
        return isNameStart(first) && text.unicodeScalars.allSatisfy(isNamePart)
    }

    private static func isNameStart(_ scalar: Unicode.Scalar) -> Bool {
        isNamePart(scalar) && !("0"..."9").contains(scalar)
    }

    private static func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}

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
            node.holdsFile = outcome.holdsFile
            node.expandedNames = outcome.names
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
            if outcome.isComplete { member.name = outcome.text }
            if outcome.holdsFile {
                context.error(
                    "what a file says cannot be a name: names are shown", at: member.position, path,
                    write: "Write the name itself, or a variable")
            }
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
        guard outcome.isComplete else {
            return ConfigurationNode(.null, at: position)
        }
        // What is no JSON is a text: nobody writes quotation marks into a variable.
        let value = (try? JSONDocumentReader.read(Array(outcome.text.utf8)).value) ?? .string(outcome.text)
        return placed(
            ConfigurationNode(value, at: position), at: position, path, outcome)
    }

    /// The value of a variable or a file as a part of the document: all of it stands where the reference stood.
    private func placed(
        _ node: ConfigurationNode, at position: SourcePosition, _ path: ConfigurationPath, _ outcome: Outcome
    ) -> ConfigurationNode {
        var placed = ConfigurationNode(node.value, at: position)
        placed.holdsVariable = true
        placed.holdsFile = outcome.holdsFile
        placed.expandedNames = outcome.names
        switch node.value {
        case .null, .bool, .number: break
        case .string(let text):
            if path.isTemplateText { placed.value = .string(Self.doublingBraces(text)) }
        case .array(let elements):
            placed.value = .array(
                elements.enumerated().map {
                    self.placed($1, at: position, path.appending(index: $0), outcome)
                })
        case .object(let members):
            placed.value = .object(
                members.map { member in
                    var member = ConfigurationNode.Member(
                        name: member.name, position: position,
                        value: self.placed(member.value, at: position, path.appending(member.name), outcome))
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
        for file in outcome.unread {
            let kind = MissingVariable.Kind.file(file.fault)
            context.miss(MissingVariable(kind: kind, name: file.path, position: position, path: path))
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
