/// The two keys on which everything hangs: what stands under a slip of one of them, such as tokens, must not go unread.
enum DocumentSlips {
    /// The document with such slips corrected, so that what is below them is checked as well. Each is reported as an error.
    static func corrected(_ document: ConfigurationNode, _ context: inout ConversionContext) -> ConfigurationNode {
        guard var members = document.members else { return document }
        for key in ["mcpProxy", "mcpServers"] {
            guard !members.contains(where: { isKey($0, key) && $0.value.value != .null }),
                let slip = members.first(where: { isSlip($0, of: key) })
            else { continue }
            context.error(
                "the key is not known", at: slip.position, ConfigurationPath(slip.written),
                write: "Did you mean \"\(key)\"?")
            context.correctedKeys.insert(key)
            members.removeAll { $0 == slip || isKey($0, key) }
            // Made anew, so that messages show the path by which tokens in names are known.
            if slip.value.mayHaveMembers {
                members.append(.init(name: key, position: slip.position, value: slip.value))
            }
        }
        return ConfigurationNode(.object(members), at: document.position)
    }

    private static func isKey(_ member: ConfigurationNode.Member, _ key: String) -> Bool {
        member.name.lowercased() == key.lowercased()
    }

    private static func isSlip(_ member: ConfigurationNode.Member, of key: String) -> Bool {
        guard KeyScope.document.key(ignoringCaseOf: member.name) == nil else { return false }
        let plain = member.name.filter { $0 != "-" && $0 != "_" }
        return nearestKey(to: plain, in: [key]) != nil
    }
}

extension ConfigurationNode {
    /// Whether there is something to be read below; of a variable that is yet to be put in nobody knows.
    fileprivate var mayHaveMembers: Bool {
        switch value {
        case .object, .array: true
        case .string: isReference
        case .null, .bool, .number: false
        }
    }
}
