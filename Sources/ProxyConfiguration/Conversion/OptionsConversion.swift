import MCPValues

/// Reads the keys of `options` that are more than one value.
enum OptionsConversion {
    /// Reads a list of bearer tokens; nil if it was left out.
    static func tokens(_ key: String, in reader: ObjectReader, _ context: inout ConversionContext) -> [Secret]? {
        guard let texts = reader.texts(key, &context) else { return nil }
        var seen: Set<Secret> = []
        var tokens: [Secret] = []
        for (index, entry) in texts.enumerated() {
            let path = reader.path(key).appending(index: index)
            guard
                let token = AuthToken.check(
                    entry.text, holdsFile: entry.node.holdsFile, at: entry.node.position, path, &context)
            else { continue }
            if seen.insert(Secret(token)).inserted { tokens.append(Secret(token)) }
        }
        return tokens
    }

    /// Reads `toolFilter`.
    static func toolFilter(in reader: ObjectReader, _ context: inout ConversionContext) -> ToolFilter? {
        guard let filter = reader.object("toolFilter", scope: .toolFilter, &context) else { return nil }
        let note = "the Go program skips such a filter, and clients then see every tool"
        let mode = filter.choice("mode", of: ToolFilter.Mode.self, ignoresCase: true, note: note, &context)
        if filter.node("mode") == nil {
            context.error(
                "the key is missing; \(note)", at: filter.position, filter.path("mode"),
                write: #"Write "allow" or "block""#)
        }
        let entries = filter.texts("list", &context) ?? []
        for entry in entries where entry.text.isEmpty {
            context.error(
                "the name of a tool is empty", at: entry.node.position, filter.path("list"), write: "Remove it")
        }
        if entries.isEmpty, filter.node("list") == nil || filter.node("list")?.value == .array([]) {
            reportEmpty(filter, mode, &context)
        }
        return mode.map { ToolFilter(mode: $0, names: entries.map(\.text)) }
    }

    private static func reportEmpty(
        _ filter: ObjectReader, _ mode: ToolFilter.Mode?, _ context: inout ConversionContext
    ) {
        let position = filter.node("list")?.position ?? filter.position
        switch mode {
        case .allow:
            context.error(
                "the list is empty; the Go program then lets clients see every tool, which is not what it says",
                at: position, filter.path("list"), write: "Name the tools to allow, or remove toolFilter")
        case .block, nil:
            context.warn(
                "the list is empty, so every tool is seen", at: position, filter.path("list"),
                write: "Remove toolFilter")
        }
    }
}

/// Options as written, beside those that were left out.
struct WrittenOptions {
    private var values = ServerOptions()
    private var changes: [String: SettingKey<ServerOptions>.Change] = [:]

    /// Options of which all are left out.
    init() {}

    /// Reads an object that has some or all of the keys of options; version 1 of the format has them elsewhere.
    init(in reader: ObjectReader, _ context: inout ConversionContext) {
        for row in OptionKey.all {
            guard let change = row.read(reader, &context) else { continue }
            change(&values)
            changes[row.name] = change
        }
    }

    /// What is written of the tokens; nil if they were left out.
    var authTokens: [Secret]? { changes["authTokens"].map { _ in values.authTokens } }
    /// What is written of whether the server is left out; nil if nothing is.
    var disabled: Bool? { changes["disabled"].map { _ in values.disabled } }

    /// The options in force: what is written here stands in place of the defaults, member by member.
    ///
    /// An empty list of tokens is written, not left out: such a server asks for no token, as in the Go program.
    func merged(over defaults: ServerOptions) -> ServerOptions {
        changes.values.reduce(into: defaults) { options, change in change(&options) }
    }
}
