import MCPValues

// MARK: - What is not offered because nobody has approved it

extension SeenLists {
    /// Says why a tool is not offered that would be if it were what was approved; nil for all others.
    func whyWithheld(tool name: String) -> Refusal? {
        let selection = lists.selection
        let offered = selection.overrides.first { $0.value.name?.hasBytes(of: name) ?? false }?.key.text ?? name
        guard (selection.overrides[ByteText(offered)]?.name ?? offered).hasBytes(of: name) else { return nil }
        return withheld(.tools, lists.toolNames.origin(of: offered)) { entry, prefix in
            selection.admits(tool: offered, entry, prefix: prefix)
                && (!narrowing.isReadOnly || entry.isReadOnly) && narrowing.tools.allSatisfy { $0.admits(name) }
                && rights.admit(
                    OfferedName.whole(entry.key.text, prefix: prefix),
                    given: selection.overrides[ByteText(offered)]?.name,
                    saysReadOnly: entry.isReadOnly)
        }
    }

    /// Says why a prompt is not offered that would be if it were what was approved; nil for all others.
    func whyWithheld(prompt name: String) -> Refusal? {
        withheld(.prompts, lists.promptNames.origin(of: name)) { _, _ in lists.selection.terms.prompts.admits(name) }
    }

    /// - Parameter isMeant: Says of an entry, and the prefix of its server, whether it may be seen apart from that.
    private func withheld(
        _ kind: CatalogKind, _ origin: NameTable.Origin?, where isMeant: (CatalogList.Entry, String) -> Bool
    ) -> Refusal? {
        guard let origin else { return nil }
        let member = lists.members[origin.member]
        guard member.server.pins.gate.needsLists, narrowing.wants(member.server) else { return nil }
        let entries = member.server.catalog.current?[kind]?.entries ?? []
        guard let entry = entries.first(where: { $0.key == origin.name }), isMeant(entry, member.prefix) else {
            return nil
        }
        return member.server.pins.refusal(of: entry, in: kind)
    }
}
