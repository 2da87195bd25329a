import MCPValues

// MARK: - What becomes of what a server has

extension OfferLists {
    enum Fate {
        case offered(String)
        /// By which rule, in words.
        case hidden(String)
    }

    /// Returns what becomes of something that a member has.
    ///
    /// - Parameter place: The member's, among those that are seen.
    func fate(of entry: CatalogList.Entry, _ kind: CatalogKind, of place: Int) -> Fate {
        let pins = members[place].server.pins
        if entry.hasHiddenCharacters { return .hidden("its name has characters that nobody sees") }
        if pins.withholds(entry, of: kind) { return .hidden("pin: not approved") }
        return switch kind {
        case .tools: tool(entry, of: place)
        case .prompts: prompt(entry, of: place)
        case .resources: resource(addresses.offered(entry.key.text, of: place))
        case .templates: resource(addresses.offered(template: entry.key.text, of: place))
        }
    }

    private func tool(_ entry: CatalogList.Entry, of place: Int) -> Fate {
        guard members[place].toolFilter?.admits(entry.key.text) ?? true else {
            return .hidden("toolFilter of the server")
        }
        guard let offered = toolNames.name(of: NameTable.Origin(member: place, name: entry.key)) else {
            return .hidden("another member has the name")
        }
        guard selection.terms.tools.admits(offered) else {
            return .hidden(rule("tools", selection.terms.tools, offered))
        }
        let prefix = members[place].prefix
        guard selection.admits(tool: offered, entry, prefix: prefix) else {
            let whole = OfferedName.whole(entry.key.text, prefix: prefix)
            return .hidden(
                selection.terms.tools.denies(whole) ? rule("tools", selection.terms.tools, whole) : "readOnly")
        }
        let name = selection.overrides[ByteText(offered)]?.name ?? offered
        guard tool(named: name)?.member == place else { return .hidden("another tool has the name \"\(name)\"") }
        return .offered(name)
    }

    private func prompt(_ entry: CatalogList.Entry, of place: Int) -> Fate {
        guard let name = promptNames.name(of: NameTable.Origin(member: place, name: entry.key)) else {
            return .hidden("another member has the name")
        }
        guard selection.terms.prompts.admits(name) else {
            return .hidden(rule("prompts", selection.terms.prompts, name))
        }
        return .offered(name)
    }

    private func resource(_ address: String) -> Fate {
        guard selection.terms.resources.admits(address) else {
            return .hidden(rule("resources", selection.terms.resources, address))
        }
        return .offered(address)
    }

    private func rule(_ key: String, _ patterns: NamePatterns, _ name: String) -> String {
        patterns.decisive(for: name).map { "\(key): \"\($0)\"" } ?? "\(key): no pattern matches"
    }
}
