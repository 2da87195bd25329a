import MCPValues

/// Reads `options`, and the same keys where version 1 of the format has them.
enum OptionsConversion {
    /// Reads an object that has some or all of the keys of options.
    static func options(in reader: ObjectReader, _ context: inout ConversionContext) -> WrittenOptions {
        WrittenOptions(
            panicIfInvalid: reader.boolean("panicIfInvalid", &context),
            logEnabled: reader.boolean("logEnabled", &context),
            authTokens: tokens("authTokens", in: reader, &context),
            toolFilter: toolFilter(in: reader, &context),
            disabled: reader.boolean("disabled", &context)
        )
    }

    /// Reads a list of bearer tokens; nil if it was left out.
    static func tokens(_ key: String, in reader: ObjectReader, _ context: inout ConversionContext) -> [Secret]? {
        guard let texts = reader.texts(key, &context) else { return nil }
        var seen: Set<Secret> = []
        var tokens: [Secret] = []
        for (index, entry) in texts.enumerated() {
            let path = reader.path(key).appending(index: index)
            guard let token = AuthToken.check(entry.text, at: entry.node.position, path, &context) else { continue }
            if seen.insert(Secret(token)).inserted { tokens.append(Secret(token)) }
        }
        return tokens
    }

    private static func toolFilter(in reader: ObjectReader, _ context: inout ConversionContext) -> ToolFilter? {
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
