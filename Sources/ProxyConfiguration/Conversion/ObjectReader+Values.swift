extension ObjectReader {
    /// A text. In YAML a number serves as well, since `version: 1.0` or `- 8080` look like texts to their author.
    func text(_ key: String, _ context: inout ConversionContext) -> String? {
        node(key).flatMap { Self.text($0, path(key), &context) }
    }

    /// A text that is not empty; an empty one counts as absent, as in the Go program.
    func nonEmptyText(_ key: String, _ context: inout ConversionContext) -> String? {
        text(key, &context).flatMap { $0.isEmpty ? nil : $0 }
    }

    static func text(
        _ node: ConfigurationNode, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> String? {
        switch node.value {
        case .string(let text): return text
        case .number(let text) where context.format == .yaml: return text
        case .number, .bool:
            context.error(
                "a text is expected, but this is \(node.kind)", at: node.position, path,
                write: "Put it in quotation marks")
        case .null, .array, .object:
            context.error(
                "a text is expected, but this is \(node.kind)", at: node.position, path, write: #"Write "text""#)
        }
        return nil
    }

    /// A text for a program or a header, for which other programs take numbers and truth values as well; nil, with a
    /// warning, for null.
    static func looseText(
        _ node: ConfigurationNode, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> String? {
        guard !context.isStrict else { return text(node, path, &context) }
        let taken: String
        switch node.value {
        case .number(let text) where context.format == .json: taken = text
        case .bool(let value): taken = value ? "true" : "false"
        case .null:
            context.warn(
                "null is no text, so this is left out", at: node.position, path, write: #"Write "" for an empty text"#)
            return nil
        case .string, .number, .array, .object: return text(node, path, &context)
        }
        // A variable's number is meant as a text where a text is expected.
        if !node.holdsVariable {
            context.warn(
                "\(node.kind) is taken for the text \"\(taken)\"", at: node.position, path,
                write: "Put it in quotation marks")
        }
        return taken
    }

    /// A list of such texts.
    func looseTexts(_ key: String, _ context: inout ConversionContext) -> [(text: String, node: ConfigurationNode)]? {
        guard case .array(let elements)? = node(key)?.value else { return texts(key, &context) }
        return elements.enumerated().compactMap { index, element in
            Self.looseText(element, path(key).appending(index: index), &context).map { ($0, element) }
        }
    }

    /// A truth value, also as text.
    func boolean(_ key: String, _ context: inout ConversionContext) -> Bool? {
        guard let node = node(key) else { return nil }
        switch node.value {
        case .bool(let value): return value
        case .string(let text):
            if let value = BooleanText.parse(text) { return value }
        case .null, .number, .array, .object: break
        }
        context.error(
            "true or false is expected\(ConversionContext.notThis(node))", at: node.position, path(key),
            write: "Write true or false")
        return nil
    }

    /// A list of texts.
    func texts(_ key: String, _ context: inout ConversionContext) -> [(text: String, node: ConfigurationNode)]? {
        guard let node = node(key) else { return nil }
        guard case .array(let elements) = node.value else {
            context.error(
                "a list of texts is expected, but this is \(node.kind)", at: node.position, path(key),
                write: #"Write ["text"]"#)
            return nil
        }
        var texts: [(String, ConfigurationNode)] = []
        for (index, element) in elements.enumerated() {
            if let text = Self.text(element, path(key).appending(index: index), &context) {
                texts.append((text, element))
            }
        }
        return texts
    }

    /// The members of an object whose names are free, each with the way to it.
    func members(
        _ key: String, _ context: inout ConversionContext
    ) -> [(member: ConfigurationNode.Member, path: ConfigurationPath)] {
        guard let node = node(key) else { return [] }
        guard let members = node.members else {
            context.error(
                "an object is expected, but this is \(node.kind)", at: node.position, path(key),
                write: #"Write {"name": …}"#)
            return []
        }
        return members.map { ($0, path(key).appending($0.written)) }
    }

    /// One of some words. Words of the second list are understood too, with a warning.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of type: Choice.Type, aliases: [String: Choice] = [:], warnsOfAliases: Bool = true,
        ignoresCase: Bool = false, note: String? = nil, _ context: inout ConversionContext
    ) -> Choice? where Choice.RawValue == String {
        guard let node = node(key), let text = Self.text(node, path(key), &context) else { return nil }
        let word = ignoresCase ? text.lowercased() : text
        if let choice = Choice(rawValue: word) { return choice }
        if let choice = aliases[word] {
            if warnsOfAliases {
                context.warn(
                    "another spelling is usual", at: node.position, path(key), write: "Write \"\(choice.rawValue)\"")
            }
            return choice
        }
        let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        let near = nearestKey(to: text, in: Choice.allCases.map(\.rawValue)).map { "Did you mean \"\($0)\"? " } ?? ""
        context.error(
            "\(ConversionContext.quoted(node) ?? "this") is none of the words it may be"
                + (note.map { "; \($0)" } ?? ""), at: node.position, path(key),
            write: "\(near)Write one of \(words)")
        return nil
    }
}
