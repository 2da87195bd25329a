/// Lists what counts by a document: every value that is written, and for what is there once the defaults as well.
///
/// What may be a secret is left out here, where it is still known under which key it stands: of texts only those are shown
/// of whose keys ``KeyScope/shownTexts`` says that they hold none, and none that a variable or a file has brought in.
struct ShownDocument {
    /// How long a value may be.
    private static let longestText = 500

    private(set) var values: [ShownValue] = []

    /// - Parameter document: The tree in which variables are expanded and slips are corrected.
    init(_ document: ConfigurationNode) {
        add(document, .document, at: .root, isSingle: true)
    }

    /// - Parameter isSingle: Whether it is there once, so that its defaults are listed too. Those of each server are not.
    private mutating func add(
        _ node: ConfigurationNode?, _ scope: KeyScope, at path: ConfigurationPath, isSingle: Bool
    ) {
        var written: [String: ConfigurationNode.Member] = [:]
        for member in node?.members ?? [] {
            guard let key = scope.key(named: member.name) ?? scope.key(ignoringCaseOf: member.name) else { continue }
            // One that has another case has no effect beside the one that has not.
            if written[key.name] == nil || member.name == key.name { written[key.name] = member }
        }
        for key in scope.keys {
            let member = written[key.name]
            let inner = path.appending(member?.written ?? key.name)
            if let value = member?.value, value.value != .null {
                add(value, key, scope, at: inner, isSingle: isSingle)
            } else if isSingle, !key.isDeprecated {
                addDefault(of: key, at: inner)
            }
        }
    }

    private mutating func addDefault(of key: KnownKey, at path: ConfigurationPath) {
        if let scope = key.shape.inner, scope.hasDefaults {
            add(nil, scope, at: path, isSingle: true)
        } else if let value = key.defaultValue, key.shape.inner == nil {
            values.append(ShownValue(path.description, Self.text(of: value), from: .standard))
        }
    }

    private mutating func add(
        _ node: ConfigurationNode, _ key: KnownKey, _ scope: KeyScope, at path: ConfigurationPath, isSingle: Bool
    ) {
        switch key.shape {
        case .object(let inner): return add(node, inner, at: path, isSingle: isSingle)
        case .objectOrWord(let inner, _) where node.members != nil:
            return add(node, inner, at: path, isSingle: isSingle)
        case .map(let inner):
            for member in node.members ?? [] {
                add(member.value, inner, at: path.appending(member.written), isSingle: false)
            }
        case .list(let inner):
            guard case .array(let elements) = node.value else { return }
            for (index, element) in elements.enumerated() {
                add(element, inner, at: path.appending(index: index), isSingle: false)
            }
        case .textMap, .valueMap:
            for member in node.members ?? [] { add(member.value, nil, at: path.appending(member.written)) }
        case .boolean, .integer, .duration, .size, .choice, .objectOrWord:
            // What a variable says was checked where it is there once; a server that lacks another one may hold anything.
            add(node, isSingle ? Self.text(of: node.value) : Self.open(node), at: path)
        case .text, .texts, .textOrTexts:
            add(node, scope.shownTexts.contains(key.name) ? Self.open(node) : nil, at: path)
        case .value, .values, .objects, .json: add(node, nil, at: path)
        }
    }

    private mutating func add(_ node: ConfigurationNode, _ text: String?, at path: ConfigurationPath) {
        let names = Self.names(in: node)
        let origin: ShownValue.Origin =
            names.contains { $0.isFile } ? .secretFile : names.isEmpty ? .file : .environment
        var value = ShownValue(path.description, origin == .secretFile ? nil : text, from: origin)
        value.names = names.map(\.name)
        value.position = node.position
        values.append(value)
    }

    /// Returns a text that stands in the document itself, without what is secret in addresses.
    private static func open(_ node: ConfigurationNode) -> String? {
        names(in: node).isEmpty ? text(of: node.value) : nil
    }

    private static func names(in node: ConfigurationNode) -> [ExpandedName] {
        switch node.value {
        case .array(let elements): elements.flatMap(names)
        case .object(let members): members.flatMap { names(in: $0.value) }
        case .null, .bool, .number, .string: node.expandedNames
        }
    }

    private static func text(of value: ConfigurationNode.Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let text): cut(text)
        case .string(let text): cut(withoutSecrets(text))
        case .array(let elements): cut("[\(elements.map { text(of: $0.value) }.joined(separator: ", "))]")
        case .object(let members): members.isEmpty ? "{}" : "{…}"
        }
    }

    /// Of an address only where it leads to: what stands behind that may be a key.
    private static func withoutSecrets(_ text: String) -> String {
        guard let scheme = text.range(ofFirst: "://") else { return text }
        let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let rest = text[authority.endIndex...]
        return "\(text[..<scheme.upperBound])\(host)\(rest.isEmpty || rest == "/" ? String(rest) : "/…")"
    }

    private static func cut(_ text: String) -> String {
        ConfigurationPath.printable(text.count > longestText ? "\(text.prefix(longestText))…" : text)
    }
}
