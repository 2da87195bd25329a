/// An object whose keys are known: finds their values, and reports the keys that are unknown or misspelled.
struct ObjectReader {
    /// The keys it may have.
    let scope: KeyScope
    /// The way to it.
    let path: ConfigurationPath
    /// Where it begins.
    let position: SourcePosition
    private var values: [String: (node: ConfigurationNode, written: String)] = [:]

    /// Reads the keys of an object; nil, and an error reported, if the value is not one.
    init?(_ node: ConfigurationNode, scope: KeyScope, path: ConfigurationPath, _ context: inout ConversionContext) {
        guard let members = node.members else {
            context.error(
                "an object is expected, but this is \(node.kind)", at: node.position, path, write: "Write { }")
            return nil
        }
        self.scope = scope
        self.path = path
        position = node.position
        for member in members where scope.key(named: member.name) != nil {
            values[member.name] = (member.value, member.written)
        }
        for member in members where scope.key(named: member.name) == nil {
            takeVariant(member, &context)
        }
    }

    /// The Go program matches keys in any case, so it did take this one.
    private mutating func takeVariant(_ member: ConfigurationNode.Member, _ context: inout ConversionContext) {
        let memberPath = path.appending(member.written)
        guard let key = scope.key(ignoringCaseOf: member.name) else {
            // Beyond the errors that are listed it makes no difference.
            if context.hasRoom(for: .error), let fault = scope.fault(ofUnknown: member.name, with: member.value) {
                return context.error(fault.words, at: member.position, memberPath, write: fault.suggestion)
            }
            guard !scope.leavesToAuthor(member.name), context.hasRoomForMore else { return }
            return context.reportWithoutEffect(
                context.isStrict ? "the key is not known" : "the key is not known and has no effect",
                at: member.position, memberPath,
                write: scope.suggestion(forUnknown: member.written))
        }
        guard values[key.name] == nil else {
            return context.reportWithoutEffect(
                "the key has no effect, because \"\(key.name)\" is there as well", at: member.position, memberPath,
                write: "Remove it")
        }
        values[key.name] = (member.value, member.written)
        // The Go program's documentation writes "Disabled", so that spelling is no slip.
        guard key.name != "disabled" else { return }
        context.reportWithoutEffect(
            "the key is written in another case", at: member.position, memberPath, write: "Write \"\(key.name)\"")
    }

    /// The value of a key, or nil if it is absent or null.
    func node(_ key: String) -> ConfigurationNode? {
        guard let node = values[key]?.node, node.value != .null else { return nil }
        return node
    }

    /// The way to the value of a key.
    func path(_ key: String) -> ConfigurationPath {
        path.appending(values[key]?.written ?? key)
    }

    /// The object under a key, or nil if it is absent, null or something else, which is reported.
    func object(_ key: String, scope: KeyScope, _ context: inout ConversionContext) -> ObjectReader? {
        node(key).flatMap { ObjectReader($0, scope: scope, path: path(key), &context) }
    }
}

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

    /// The same once more, where what is wrong was reported.
    func readMembers(_ key: String) -> [(member: ConfigurationNode.Member, path: ConfigurationPath)] {
        (node(key)?.members ?? []).map { ($0, path(key).appending($0.written)) }
    }

    /// One of some words. Words of the second list are understood too, with a warning.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, of type: Choice.Type, aliases: [String: Choice] = [:], quietAliases: [String] = [],
        ignoresCase: Bool = false, note: String? = nil, _ context: inout ConversionContext
    ) -> Choice? where Choice.RawValue == String {
        guard let node = node(key) else { return nil }
        let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        guard case .string(let text) = node.value else {
            context.error(
                "a word is expected, but this is \(node.kind)", at: node.position, path(key),
                write: "Write one of \(words)")
            return nil
        }
        let word = ignoresCase ? text.lowercased() : text
        if let choice = Choice(rawValue: word) { return choice }
        if let choice = aliases[word] {
            if !quietAliases.contains(word) {
                context.warn(
                    "another spelling is usual", at: node.position, path(key), write: "Write \"\(choice.rawValue)\"")
            }
            return choice
        }
        let near = nearestKey(to: text, in: Choice.allCases.map(\.rawValue)).map { "Did you mean \"\($0)\"? " } ?? ""
        context.error(
            "\(ConversionContext.quoted(node) ?? "this") is none of the words it may be"
                + (note.map { "; \($0)" } ?? ""), at: node.position, path(key),
            write: "\(near)Write one of \(words)")
        return nil
    }
}

extension ObjectReader {
    /// A whole number in a range, also as text.
    func integer(_ key: String, in range: ClosedRange<Int>, usual: Int, _ context: inout ConversionContext) -> Int? {
        guard let node = node(key) else { return nil }
        guard let number = Self.digits(of: node).flatMap({ Int($0) }) else {
            context.error(
                "a whole number is expected\(ConversionContext.notThis(node))", at: node.position, path(key),
                write: "Write \(usual)")
            return nil
        }
        guard range.contains(number) else {
            context.error(
                "the number must be from \(range.lowerBound) to \(range.upperBound)\(ConversionContext.notThis(node))",
                at: node.position, path(key), write: "Write \(usual)")
            return nil
        }
        return number
    }

    /// A size in a range: a number of bytes, or a text with a unit.
    func size(_ key: String, in range: ClosedRange<Int>, usual: Int, _ context: inout ConversionContext) -> Int? {
        guard let node = node(key) else { return nil }
        let suggestion = "Write \"\(ByteSizeText.format(usual))\""
        guard let size = Self.digits(of: node).flatMap(ByteSizeText.parse) else {
            context.error(
                "a size is expected: a whole number of bytes, or a text with the unit B, KiB, MiB, GiB, KB, MB or GB"
                    + ConversionContext.notThis(node),
                at: node.position, path(key), write: suggestion)
            return nil
        }
        guard range.contains(size) else {
            context.error(
                "the size must be from \(ByteSizeText.format(range.lowerBound)) to \(ByteSizeText.format(range.upperBound))"
                    + ConversionContext.notThis(node),
                at: node.position, path(key), write: suggestion)
            return nil
        }
        return size
    }

    /// A duration of whatever length: a text such as `"30s"`, or a number of nanoseconds.
    func duration(_ key: String, usual: Duration, _ context: inout ConversionContext) -> DurationText.Parsed? {
        guard let node = node(key) else { return nil }
        if let parsed = Self.digits(of: node).flatMap(DurationText.parse) { return parsed }
        context.error(
            "a duration is expected: a text with the unit h, m, s or ms, or a whole number of nanoseconds"
                + ConversionContext.notThis(node),
            at: node.position, path(key), write: advice(usual, for: key, context))
        return nil
    }

    /// A duration in a range.
    func duration(
        _ key: String, in range: ClosedRange<Duration>, usual: Duration, _ context: inout ConversionContext
    ) -> Duration? {
        guard let node = node(key), let parsed = duration(key, usual: usual, &context) else { return nil }
        guard !range.contains(parsed.duration) || parsed.hasForgottenUnit else { return parsed.duration }
        let forgotten = parsed.hasForgottenUnit ? parsed.bareNumber : nil
        context.error(
            "the duration must be from \(DurationText.format(range.lowerBound)) to \(DurationText.format(range.upperBound))"
                + ConversionContext.notThis(node)
                + (forgotten == nil ? "" : "; a number without a unit counts nanoseconds"),
            at: node.position, path(key),
            write: advice(
                forgotten.map { DurationText.advice(for: $0, in: range, usual: usual) } ?? usual, for: key, context))
        return nil
    }

    /// Words for a time to write: never one that would be refused.
    private func advice(_ time: Duration, for key: String, _ context: ConversionContext) -> String {
        "Write \"\(DurationText.format(min(time, context.longestTimes[key] ?? time)))\""
    }

    /// The text of a number, or the text itself where an expanded variable stands for a number.
    private static func digits(of node: ConfigurationNode) -> String? {
        switch node.value {
        case .number(let text), .string(let text): text
        case .null, .bool, .array, .object: nil
        }
    }
}
