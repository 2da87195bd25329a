import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// Puts together what several servers list: their entries in order, under the names that are offered.
struct OfferAssembly {
    let members: [Member]
    /// Of the members, in their order; nil for one that is not known yet.
    let catalogs: [ServerCatalog?]
    let selection: OfferSelection
    let toolNames: NameTable
    let promptNames: NameTable
    let addresses: AddressTable
    private(set) var tools: [ByteText: OfferLists.Target] = [:]
    private(set) var prompts: [ByteText: OfferLists.Target] = [:]
    private(set) var lists: [CatalogKind: OfferedList] = [:]
    /// The tools for clients with a session, where some are not for others; nil where both see the same.
    private(set) var toolsOfSessions: OfferedList?
    /// What clients are told about keeping each list.
    private(set) var hints: [CatalogKind: CacheHints] = [:]
    /// What the operator should know of names and patterns, in words.
    private(set) var findings: [String] = []

    init(_ members: [Member], _ catalogs: [ServerCatalog?], _ selection: OfferSelection) {
        self.members = members
        self.catalogs = catalogs
        self.selection = selection
        toolNames = Self.names(.tools, members, catalogs, selection.terms)
        promptNames = Self.names(.prompts, members, catalogs, selection.terms)
        addresses = AddressTable(
            zip(members, catalogs).map { member, catalog in
                AddressTable.Server(
                    prefix: member.prefix, addresses: catalog?[.resources]?.entries.map(\.key.text) ?? [],
                    templates: catalog?[.templates]?.entries.map(\.key.text) ?? [],
                    hasResources: catalog?.declares(.resources) ?? true)
            })
        addTools()
        addPrompts()
        addAddresses(.resources)
        addAddresses(.templates)
        for kind in CatalogKind.allCases { hints[kind] = hints(kind) }
        if selection.terms.discovery != .list { findings += searchFindings }
        findings += selection.findings(tools: toolNames, prompts: promptNames, members.map(\.server.displayName))
    }

    private static func names(
        _ kind: CatalogKind, _ members: [Member], _ catalogs: [ServerCatalog?], _ terms: OfferTerms
    ) -> NameTable {
        let servers = zip(members, catalogs).map { member, catalog in
            let all = catalog?[kind]?.entries.map(\.key.text) ?? []
            return NameTable.Server(
                key: member.server.name, prefix: member.prefix,
                names: kind == .tools ? all.filter { member.toolFilter?.admits($0) ?? true } : all)
        }
        return NameTable(servers, terms.naming, maximumLength: terms.maximumNameLength)
    }

    private mutating func addTools() {
        var (all, valid) = (OfferedList(), OfferedList())
        for (member, catalog) in catalogs.enumerated() {
            guard let catalog, let list = catalog[.tools] else { continue }
            let doubtful = Self.doubtful(list)
            for entry in list.entries where !members[member].server.pins.withholds(entry, of: .tools) {
                let origin = NameTable.Origin(member: member, name: entry.key)
                guard let offered = toolNames.name(of: origin),
                    !(selection.terms.isReadOnly && doubtful.contains(entry.key)),
                    selection.admits(tool: offered, entry, prefix: members[member].prefix)
                else { continue }
                let override = selection.overrides[ByteText(offered)]
                let name = override?.name ?? offered
                let target = OfferLists.Target(
                    member: member, name: JSONView(text: list.bytes, range: entry.keyRange).bytes,
                    isReadOnly: entry.isReadOnly && !doubtful.contains(entry.key), override: override)
                guard claim(name, for: target, in: \.tools) else { continue }
                let spelling = ToolSpelling(name: name, override: override) { [addresses] in
                    addresses.offered($0, of: member)
                }
                let bytes = spelling.respell(list, entry, hasAddresses: addresses.mayRename(member))
                findings += spelling.findings(list.view(entry))
                // A session of a server with sessions passes what it lists as it is.
                if entry.hasValidMarks || catalog.introduction.era == .legacy {
                    all.append(bytes, of: member, target, as: name)
                }
                if entry.hasValidMarks { valid.append(bytes, of: member, target, as: name) }
            }
        }
        lists[.tools] = valid
        if all.count != valid.count { toolsOfSessions = all }
    }

    /// Tools of which a server says once that they change nothing and once not: then they may.
    private static func doubtful(_ list: CatalogList) -> Set<ByteText> {
        var said: [ByteText: Bool] = [:]
        var doubtful: Set<ByteText> = []
        for entry in list.entries {
            if let before = said.updateValue(entry.isReadOnly, forKey: entry.key), before != entry.isReadOnly {
                doubtful.insert(entry.key)
            }
        }
        return doubtful
    }

    private mutating func addPrompts() {
        var all = OfferedList()
        for (member, catalog) in catalogs.enumerated() {
            guard let list = catalog?[.prompts] else { continue }
            for entry in list.entries where !members[member].server.pins.withholds(entry, of: .prompts) {
                guard let name = promptNames.name(of: NameTable.Origin(member: member, name: entry.key)),
                    selection.terms.prompts.admits(name)
                else { continue }
                let target = OfferLists.Target(
                    member: member, name: JSONView(text: list.bytes, range: entry.keyRange).bytes)
                guard claim(name, for: target, in: \.prompts) else { continue }
                all.append(list.respelt(entry, as: name), of: member)
            }
        }
        lists[.prompts] = all
    }

    private mutating func addAddresses(_ kind: CatalogKind) {
        var all = OfferedList()
        var seen: Set<ByteText> = []
        for (member, catalog) in catalogs.enumerated() {
            guard let list = catalog?[kind], !members[member].server.pins.gate.isBlocked else { continue }
            for entry in list.entries {
                let address =
                    kind == .templates
                    ? addresses.offered(template: entry.key.text, of: member)
                    : addresses.offered(entry.key.text, of: member)
                guard selection.terms.resources.admits(address), seen.insert(ByteText(address)).inserted else {
                    continue
                }
                all.append(list.respelt(entry, as: address), of: member)
            }
        }
        lists[kind] = all
    }

    /// Notes what a name stands for. Returns false where it has a meaning already, or the server lists it twice.
    private mutating func claim(
        _ name: String, for target: OfferLists.Target,
        in targets: WritableKeyPath<OfferAssembly, [ByteText: OfferLists.Target]>
    ) -> Bool {
        let key = ByteText(name)
        if let first = self[keyPath: targets][key] {
            if first.member != target.member || target.override != nil {
                findings.append("two tools would be offered as \"\(name)\"; the first is")
            }
            return false
        }
        self[keyPath: targets][key] = target
        return true
    }

    /// What the operator should know where tools are found by search, in words.
    private var searchFindings: [String] {
        let hidden = SearchTool.allCases.filter { tools[ByteText($0.rawValue)] != nil }.map {
            "tool \"\($0.rawValue)\" is not offered: the proxy's own of this name is, to find tools with"
        }
        let unknown = selection.terms.pinned.filter { tools[ByteText($0)] == nil }.map {
            "pinned \"\($0)\" is no tool that is offered" + meant(by: $0)
        }
        return hidden + unknown
    }

    /// Returns what is offered of tools whose own name somebody has written, in words.
    private func meant(by name: String) -> String {
        let names = toolNames.offered(ofOwn: name).map { selection.overrides[ByteText($0)]?.name ?? $0 }
        let offered = names.filter { tools[ByteText($0)] != nil }
        return offered.isEmpty ? "" : "; did you mean \(offered.map { "\"\($0)\"" }.joined(separator: " or "))?"
    }

    private func hints(_ kind: CatalogKind) -> CacheHints {
        var (time, isPublic) = (Int64.max, true)
        for (member, catalog) in zip(members, catalogs) {
            guard let list = catalog?[kind] else { continue }
            let own = member.server.settings.cacheHints
            time = min(time, list.timeToLive ?? own.timeToLive.milliseconds)
            isPublic = isPublic && (list.isPublic ?? own.isPublic)
            if !member.access.isOpen { isPublic = false }
        }
        var hints = CacheHints()
        guard time != .max else { return hints }
        (hints.timeToLive, hints.isPublic) = (.milliseconds(time), isPublic)
        return hints
    }
}
