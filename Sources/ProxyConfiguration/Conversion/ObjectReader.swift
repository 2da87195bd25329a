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
