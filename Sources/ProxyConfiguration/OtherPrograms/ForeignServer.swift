/// A server as some other program writes it, put into the proxy's own words.
///
/// Texts stay as they are written: variables have not been put in yet, so that a value with a space in it never becomes
/// two arguments.
package struct ForeignServer {
    /// Something that was understood although it is written otherwise here.
    struct Remark: Equatable {
        var key: String
        var position: SourcePosition
        var message: String
        var suggestion: String
    }

    /// The server in the proxy's own words.
    package private(set) var entry: ConfigurationNode
    /// The keys of other programs that say nothing the proxy could use.
    package private(set) var unused: [ConfigurationNode.Member] = []
    private(set) var remarks: [Remark] = []
    /// The time limits that were taken over.
    package private(set) var times: [ForeignTime] = []
    private var members: [ConfigurationNode.Member]
    private let homeStandsFor: String?

    /// Translates a server.
    ///
    /// - Parameter homeStandsFor: What a `~` at the start of a path becomes; nil to leave it alone.
    package init(_ entry: ConfigurationNode, homeStandsFor: String? = nil) {
        self.entry = entry
        self.homeStandsFor = homeStandsFor
        members = entry.members ?? []
        guard entry.members != nil else { return }
        rename()
        takeInnerHeaders()
        takeTransport()
        takeCommand()
        takeArguments()
        remarkOnCommandLines()
        takeHome()
        takeFilter()
        takeTimes()
        takeAuthorization()
        members.removeAll { member in
            guard ForeignKeys.unused.contains(member.name) else { return false }
            unused.append(member)
            return true
        }
        self.entry.value = .object(members)
    }

    private func node(_ key: String) -> ConfigurationNode? {
        guard let node = members.last(where: { $0.name == key })?.value, node.value != .null else { return nil }
        return node
    }

    private mutating func replace(_ key: String, with value: ConfigurationNode.Value, at position: SourcePosition) {
        let node = ConfigurationNode(value, at: position)
        guard let index = members.lastIndex(where: { $0.name == key }) else {
            return members.append(.init(name: key, position: position, value: node))
        }
        members[index].value = node
    }

    private mutating func remark(_ key: String, _ node: ConfigurationNode, _ message: String, _ suggestion: String) {
        remarks.append(Remark(key: key, position: node.position, message: message, suggestion: suggestion))
    }

    // MARK: Keys

    private mutating func rename() {
        for (name, others) in ForeignKeys.renamed where node(name) == nil {
            guard let index = members.firstIndex(where: { others.contains($0.name) && $0.value.value != .null }) else {
                continue
            }
            // A list or an object under such a key is something else.
            if name == "transportType", case .string = members[index].value.value {
            } else if name == "transportType" {
                continue
            }
            members.removeAll { $0.name == name }
            guard let index = members.firstIndex(where: { others.contains($0.name) && $0.value.value != .null }) else {
                continue
            }
            members[index].name = name
            let member = members[index]
            remark(
                member.written, member.value, "the key is that of another program; it is taken for \"\(name)\"",
                "Write \"\(name)\"")
        }
    }

    /// The headers that some programs keep in a description of the whole request.
    private mutating func takeInnerHeaders() {
        guard node("headers") == nil, let index = members.firstIndex(where: { $0.name == "requestInit" }),
            let headers = members[index].value["headers"], headers.members != nil
        else { return }
        let position = members[index].position
        members.remove(at: index)
        replace("headers", with: headers.value, at: headers.position)
        remarks.append(
            Remark(
                key: "requestInit", position: position,
                message: "the key is that of another program; its headers are taken for \"headers\"",
                suggestion: "Write \"headers\""))
    }

    private mutating func takeTransport() {
        if members.contains(where: { ["httpUrl", "http_url"].contains($0.written) && $0.name == "url" }),
            node("type") == nil, node("transportType") == nil, let url = node("url")
        {
            replace("transportType", with: .string("streamable-http"), at: url.position)
        }
        for key in ["type", "transportType"] {
            guard case .string(let word)? = node(key)?.value else { continue }
            switch word.lowercased() {
            case "local" where node("command") != nil, "remote" where node("url") != nil:
                members.removeAll { $0.name == key }
            default: break
            }
        }
    }

    // MARK: Programs

    private mutating func takeCommand() {
        guard let node = node("command") else { return }
        switch node.value {
        case .array(let elements) where elements.allSatisfy(\.isScalar) && !elements.isEmpty:
            replace("command", with: elements[0].value, at: elements[0].position)
            putFirst(Array(elements.dropFirst()), at: node.position)
            remark("command", node, "the command is a list; the first of it is taken for the program", Self.form)
        case .object:
            guard let path = node["path"] ?? node["command"] else { return }
            let inner = node.members?.filter { ["args", "env"].contains($0.name) } ?? []
            replace("command", with: path.value, at: path.position)
            members += inner.filter { added in !members.contains { $0.name == added.name } }
            remark("command", node, "the command is an object; its path is taken for the program", Self.form)
        case .string(let text) where !node.isReference && text.contains(where: \.isWhitespace):
            // A path may have a space in it; the name of a program has none.
            guard let words = CommandWords.split(text), let program = words.first,
                !program.contains(where: { "/\\=".contains($0) })
            else { return }
            replace("command", with: .string(program), at: node.position)
            putFirst(words.dropFirst().map { ConfigurationNode(.string($0), at: node.position) }, at: node.position)
            guard words.count > 1 else { return }
            remark(
                "command", node, "the command holds arguments as well; they are taken apart at the spaces", Self.form)
        default: break
        }
    }

    private static let form = #"Write "command": "program", "args": ["argument", …]"#

    private mutating func putFirst(_ arguments: [ConfigurationNode], at position: SourcePosition) {
        guard !arguments.isEmpty else { return }
        takeArguments()
        switch node("args")?.value {
        case nil: replace("args", with: .array(arguments), at: position)
        case .array(let elements): replace("args", with: .array(arguments + elements), at: position)
        default: break
        }
    }

    private mutating func takeArguments() {
        guard let node = node("args"), !node.isReference, case .string(let text) = node.value,
            let words = CommandWords.split(text)
        else { return }
        replace(
            "args", with: .array(words.map { ConfigurationNode(.string($0), at: node.position) }), at: node.position)
        remark(
            "args", node, "the arguments are one text; they are taken apart at the spaces",
            #"Write "args": ["argument", …]"#)
    }

    /// A command line, or an option with its value, that stands in one argument: the program is given it as one.
    private mutating func remarkOnCommandLines() {
        guard case .array(let arguments)? = node("args")?.value else { return }
        for (index, argument) in arguments.enumerated() {
            let isCommand = index > 0 && arguments[index - 1].value == .string("--")
            guard !argument.isReference, case .string(let text) = argument.value,
                isCommand || text.beginsWithOption, let words = CommandWords.split(text), words.count > 1,
                let first = words.first, !first.contains(where: { "/\\=:".contains($0) })
            else { continue }
            remark(
                "args", argument, "the argument holds several words; the program is given them as one",
                #"Write "args": ["word", "word", …], unless one is meant"#)
        }
    }

    /// No shell is there to replace a `~`.
    private mutating func takeHome() {
        for key in ["command", "cwd"] {
            guard let node = node(key), case .string(let text) = node.value, text == "~" || text.hasPrefix("~/") else {
                continue
            }
            if let homeStandsFor {
                replace(key, with: .string(homeStandsFor + text.dropFirst()), at: node.position)
            }
            remark(
                key, node,
                homeStandsFor == nil
                    ? "no shell is involved, so ~ is no folder" : "~ is taken for the home folder",
                "Write ${HOME} in the place of ~, or the whole path")
        }
        guard case .array(let arguments)? = node("args")?.value else { return }
        for argument in arguments {
            guard case .string(let text) = argument.value, text.hasPrefix("~/") else { continue }
            remark(
                "args", argument, "no shell is involved, so the program is given the ~ as it is",
                "Write ${HOME} in the place of ~, or the whole path")
        }
    }

    // MARK: Times

    /// The time limits whose names say what they count, and those of opencode, which has two in one object.
    private mutating func takeTimes() {
        for row in ForeignKeys.times {
            guard let node = node(row.written) else { continue }
            take(ForeignTime(node, written: row.written, unit: row.unit, for: row.key), at: node.position)
        }
        guard let timeout = node("timeout"), timeout.members != nil else { return }
        let count = times.count
        for (inner, key) in [("startup", "startTimeout"), ("request", "callTimeout")] {
            guard let node = timeout[inner] else { continue }
            take(
                ForeignTime(node, written: "timeout.\(inner)", unit: .milliseconds, for: key), at: node.position)
        }
        guard times.count > count else { return }
        members.removeAll { $0.name == "timeout" }
    }

    private mutating func take(_ time: ForeignTime?, at position: SourcePosition) {
        guard let time, node(time.key) == nil else { return }
        members.removeAll { $0.name == time.written }
        replace(time.key, with: .string(time.time), at: position)
        times.append(time)
        remarks.append(
            Remark(
                key: time.written, position: position,
                message: "the key is that of another program; it is taken for \"\(time.key)\", \"\(time.time)\"",
                suggestion: "Write \"\(time.key)\": \"\(time.time)\""))
    }

    // MARK: Logins

    /// What others have under the proxy's own key `auth`: the word for what is found out here, and the client of Cursor.
    private mutating func takeAuthorization() {
        guard let index = members.lastIndex(where: { $0.name == "auth" }) else { return }
        let auth = members[index].value
        if case .string(let word) = auth.value, word.lowercased() == "oauth" {
            unused.append(members.remove(at: index))
        }
        guard let inner = auth.members, inner.contains(where: { $0.name == "CLIENT_ID" }) else { return }
        let type = ConfigurationNode(.string("oauth"), at: auth.position)
        let names = ["CLIENT_ID": "clientID", "CLIENT_SECRET": "clientSecret"]
        members[index].value.value = .object(
            [.init(name: "type", position: auth.position, value: type)]
                + inner.map { .init(name: names[$0.name] ?? $0.name, position: $0.position, value: $0.value) })
        remark(
            "auth", auth, "the keys are those of another program; they are taken for the proxy's own",
            #"Write "auth": {"type": "oauth", "clientID": …}"#)
    }

    // MARK: Tools

    /// What other programs let their model see of a server.
    private mutating func takeFilter() {
        let allowed = take(ForeignKeys.allowedTools)
        let blocked = take(ForeignKeys.blockedTools)
        let hidden = Set(blocked?.names ?? [])
        var filter: (mode: String, list: [ConfigurationNode], at: SourcePosition)?
        if let allowed, !allowed.names.contains("*") {
            filter = ("allow", allowed.list.filter { !hidden.contains($0.plainText) }, allowed.position)
        } else if let blocked, !blocked.list.isEmpty {
            filter = ("block", blocked.list, blocked.position)
        }
        guard let filter else { return }
        let options = node("options")
        guard options == nil || options?.members != nil else { return }
        guard options?["toolFilter"] == nil else {
            return remarks.append(
                Remark(
                    key: "options", position: filter.at,
                    message: "the list of tools has no effect, because toolFilter is there as well",
                    suggestion: "Write all of it into toolFilter"))
        }
        let value = ConfigurationNode(
            .object([
                .init(name: "mode", position: filter.at, value: .init(.string(filter.mode), at: filter.at)),
                .init(name: "list", position: filter.at, value: .init(.array(filter.list), at: filter.at)),
            ]), at: filter.at)
        let written = (options?.members ?? []) + [.init(name: "toolFilter", position: filter.at, value: value)]
        replace("options", with: .object(written), at: options?.position ?? filter.at)
    }

    private struct Tools {
        var list: [ConfigurationNode]
        var position: SourcePosition
        var names: [String] { list.map(\.plainText) }
    }

    private mutating func take(_ keys: [String]) -> Tools? {
        guard let index = members.firstIndex(where: { keys.contains($0.name) }),
            case .array(let list) = members[index].value.value, list.allSatisfy(\.isScalar)
        else { return nil }
        let position = members[index].value.position
        members.remove(at: index)
        return Tools(list: list, position: position)
    }
}

extension String {
    /// Whether this has the look of an option, `-y` or `--yes`.
    fileprivate var beginsWithOption: Bool {
        let name = drop { $0 == "-" }
        return name.count < count && name.first?.isLetter == true
    }
}

extension ConfigurationNode {
    /// Whether this is a text, a number or a truth value.
    fileprivate var isScalar: Bool {
        switch value {
        case .string, .number, .bool: true
        case .null, .array, .object: false
        }
    }

    /// The text of a text; of anything else, nothing.
    fileprivate var plainText: String {
        if case .string(let text) = value { text } else { "" }
    }
}

/// The words of a command line that somebody wrote as one text.
enum CommandWords {
    /// The words, with quotation marks taken off; nil if one of these is not closed.
    ///
    /// A backslash counts before a space or a quotation mark only, since it is part of paths elsewhere.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch (character, quote) {
            case ("\\", nil), ("\\", "\""):
                guard let next = rest.first, next == "\"" || quote == nil && (next == "'" || next == " ") else {
                    word = (word ?? "") + "\\"
                    continue
                }
                word = (word ?? "") + String(rest.removeFirst())
            case (_, let open?) where character == open:
                quote = nil
            case ("\"", nil), ("'", nil):
                quote = character
                word = word ?? ""
            case (_, nil) where character.isWhitespace:
                if let word { words.append(word) }
                word = nil
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return quote == nil ? words : nil
    }
}

extension OtherPrograms {
    /// The words of a text that is a command with its arguments rather than the name of a program; nil for a name. A path
    /// may have a space in it; a name has none.
    package static func commandLine(_ text: String) -> [String]? {
        guard let words = CommandWords.split(text), words.count > 1, let program = words.first,
            !program.contains(where: { "/\\=".contains($0) })
        else { return nil }
        return words
    }
}
