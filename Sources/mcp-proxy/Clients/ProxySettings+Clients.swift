import MCPValues
import ProxyConfiguration

extension ProxySettings {
    /// A token of a client that has a name: of the one that may most of those that may do something.
    func clientToken(where mayDo: (Rights) -> Bool) -> Secret? {
        let able = clients.filter { !$0.tokens.isEmpty && mayDo($0.rights) }
        // Of equals the first that is written.
        let best = able.enumerated().max { left, right in
            let (first, second) = (left.element.rights, right.element.rights)
            if first.tools.isAll != second.tools.isAll { return second.tools.isAll }
            if first.management != second.management { return first.management < second.management }
            return left.offset > right.offset
        }
        return best?.element.tokens.first
    }
}

extension Rights {
    /// Whether a group offers it something.
    func admitsAny(of members: [ServerSettings], in group: GroupSettings) -> Bool {
        let name = ByteText(group.name)
        guard !group.name.isEmpty else { return members.contains { admit(.server(ByteText($0.name))) } }
        return admit(.group(name)) || members.contains { admit(.member(ByteText($0.name), group: name)) }
    }
}
