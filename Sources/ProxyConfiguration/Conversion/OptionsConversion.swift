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
            guard let token = AuthToken.check(entry.text, at: entry.node.position, path, &context) else { continue }
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

/// The checks of one bearer token.
enum AuthToken {
    /// Shorter tokens can be guessed.
    static let shortestSafe = 16
    /// The values in the examples of the documentation, which everybody knows.
    static let examples: Set<String> = [
        "DefaultTokens", "SpecificTokens", "DefaultToken", "SpecificToken", "<YOUR_TOKEN>",
    ]

    /// The token without the word `Bearer`, or nil if it cannot be one.
    static func check(
        _ text: String, at position: SourcePosition, _ path: ConfigurationPath, _ context: inout ConversionContext
    ) -> String? {
        let trimmed = text.trimmingSpaces
        let token = trimmed.hasPrefix("Bearer ") ? trimmed.dropFirst(7).trimmingSpaces : trimmed
        guard !token.isEmpty, token != "Bearer" else {
            context.error("the token is empty", at: position, path, write: "Write a token, or remove the entry")
            return nil
        }
        if let fault = fault(of: token) {
            context.error(fault, at: position, path, write: "Use letters, digits and punctuation, without spaces")
            return nil
        }
        if let doubt = doubt(of: token) {
            context.warn(
                doubt, at: position, path, write: "Write your own, such as the output of \"openssl rand -hex 32\"")
        }
        return token
    }

    /// Why a text cannot be a token, in words that do not hold it.
    static func fault(of token: String) -> String? {
        token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            ? nil : "the token has a character that cannot stand in a header"
    }

    /// Why a token should be another one, in words that do not hold it.
    static func doubt(of token: String) -> String? {
        if examples.contains(token) { return "this token is an example of the documentation, so everybody knows it" }
        return token.utf8.count < shortestSafe
            ? "the token has fewer than \(shortestSafe) characters and can be guessed" : nil
    }
}
