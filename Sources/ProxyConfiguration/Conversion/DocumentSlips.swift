/// The two keys on which everything hangs: what stands under a slip of one of them, such as tokens, must not go unread.
enum DocumentSlips {
    /// The document with such slips corrected, so that what is below them is checked as well. Each is reported as an error.
    static func corrected(_ document: ConfigurationNode, _ context: inout ConversionContext) -> ConfigurationNode {
        guard var members = document.members else { return document }
        for key in ["mcpProxy", "mcpServers"] {
            guard !members.contains(where: { $0.name.lowercased() == key.lowercased() && $0.value.value != .null }),
                let index = members.firstIndex(where: { isSlip($0, of: key) })
            else { continue }
            context.error(
                "the key is not known", at: members[index].position, ConfigurationPath(members[index].written),
                write: "Did you mean \"\(key)\"?")
            context.correctedKeys.insert(key)
            members.removeAll { $0.name.lowercased() == key.lowercased() }
            // The index may have moved.
            guard let index = members.firstIndex(where: { isSlip($0, of: key) }) else { continue }
            // Made anew, so that messages show the path by which tokens in names are known.
            members[index] = .init(name: key, position: members[index].position, value: members[index].value)
        }
        return ConfigurationNode(.object(members), at: document.position)
    }

    private static func isSlip(_ member: ConfigurationNode.Member, of key: String) -> Bool {
        guard KeyScope.document.key(ignoringCaseOf: member.name) == nil, member.value.members != nil else {
            return false
        }
        let plain = member.name.filter { $0 != "-" && $0 != "_" }
        return nearestKey(to: plain, in: [key]) != nil
    }
}
