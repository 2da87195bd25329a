import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// What several servers list together, assembled for everybody who sees the same of them, and what each name and address
/// in it stands for.
struct OfferLists: Sendable {
    /// What a name that is called stands for.
    struct Target: Sendable {
        /// The member's place among those that are seen.
        let member: Int
        /// The name there, as the server has written it, in JSON.
        let name: ByteBuffer
        /// What the group says of it in place of its server.
        var override: ToolOverride?
    }

    /// The editions of the members' catalogs that this is made of.
    let editions: [Int]
    let addresses: AddressTable
    /// What the operator should know of names and patterns, in words.
    private(set) var findings: [String] = []
    private(set) var introduction: OfferIntroduction
    let members: [Member]
    let selection: OfferSelection
    let toolNames: NameTable
    let promptNames: NameTable
    private var tools: [ByteText: Target] = [:]
    private var prompts: [ByteText: Target] = [:]
    private var lists: [CatalogKind: OfferedList] = [:]
    /// The tools for clients with a session, where some are not for others; nil where both see the same.
    private var toolsOfSessions: OfferedList?
    private var hints: [CatalogKind: ByteBuffer] = [:]

    /// - Parameter catalogs: Of the members, in their order; nil for one that is not known yet.
    init(_ members: [Member], _ catalogs: [ServerCatalog?], editions: [Int], _ selection: OfferSelection) {
        self.members = members
        self.editions = editions
        self.selection = selection
        introduction = OfferIntroduction(members, catalogs, selection.terms)
        toolNames = Self.names(.tools, members, catalogs, selection.terms)
        promptNames = Self.names(.prompts, members, catalogs, selection.terms)
        addresses = AddressTable(
            zip(members, catalogs).map { member, catalog in
                AddressTable.Server(
                    prefix: member.prefix, addresses: catalog?[.resources]?.entries.map(\.key.text) ?? [],
                    templates: catalog?[.templates]?.entries.map(\.key.text) ?? [],
                    hasResources: catalog?.declares(.resources) ?? true)
            })
        addTools(catalogs)
        addPrompts(catalogs)
        addAddresses(.resources, catalogs)
        addAddresses(.templates, catalogs)
        for kind in CatalogKind.allCases { hints[kind] = Self.hints(kind, members, catalogs) }
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

    // MARK: Assembling

    private mutating func addTools(_ catalogs: [ServerCatalog?]) {
        var (all, valid) = (OfferedList(), OfferedList())
        for (member, catalog) in catalogs.enumerated() {
            guard let catalog, let list = catalog[.tools] else { continue }
            for entry in list.entries {
                let origin = NameTable.Origin(member: member, name: entry.key)
                guard let offered = toolNames.name(of: origin), selection.admits(tool: offered, entry) else { continue }
                let override = selection.overrides[ByteText(offered)]
                let name = override?.name ?? offered
                guard selection.isWanted(tool: name) else { continue }
                let target = Target(
                    member: member, name: JSONView(text: list.bytes, range: entry.keyRange).bytes, override: override)
                guard claim(name, for: target, in: \.tools) else { continue }
                let spelling = ToolSpelling(name: name, override: override) { [addresses] in
                    addresses.offered($0, of: member)
                }
                let bytes = spelling.respell(list, entry, hasAddresses: addresses.renames(member))
                findings += spelling.findings(list.view(entry))
                // A session of a server with sessions passes what it lists as it is.
                if entry.hasValidMarks || catalog.introduction.era == .legacy { all.append(bytes) }
                if entry.hasValidMarks { valid.append(bytes) }
            }
        }
        lists[.tools] = valid
        if all.count != valid.count { toolsOfSessions = all }
    }

    private mutating func addPrompts(_ catalogs: [ServerCatalog?]) {
        var all = OfferedList()
        for (member, catalog) in catalogs.enumerated() {
            guard let list = catalog?[.prompts] else { continue }
            for entry in list.entries {
                guard let name = promptNames.name(of: NameTable.Origin(member: member, name: entry.key)),
                    selection.terms.prompts.admits(name)
                else { continue }
                let target = Target(member: member, name: JSONView(text: list.bytes, range: entry.keyRange).bytes)
                guard claim(name, for: target, in: \.prompts) else { continue }
                all.append(list.respelt(entry, as: name))
            }
        }
        lists[.prompts] = all
    }

    private mutating func addAddresses(_ kind: CatalogKind, _ catalogs: [ServerCatalog?]) {
        var all = OfferedList()
        var seen: Set<ByteText> = []
        for (member, catalog) in catalogs.enumerated() {
            guard let list = catalog?[kind] else { continue }
            for entry in list.entries {
                let address = addresses.offered(entry.key.text, of: member)
                guard selection.terms.resources.admits(address), seen.insert(ByteText(address)).inserted else {
                    continue
                }
                all.append(list.respelt(entry, as: address))
            }
        }
        lists[kind] = all
    }

    /// Notes what a name stands for. Returns false where it has a meaning already, or the server lists it twice.
    private mutating func claim(
        _ name: String, for target: Target, in targets: WritableKeyPath<OfferLists, [ByteText: Target]>
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

    private static func hints(
        _ kind: CatalogKind, _ members: [Member], _ catalogs: [ServerCatalog?]
    ) -> ByteBuffer {
        var (time, isPublic) = (Int64.max, true)
        for (member, catalog) in zip(members, catalogs) {
            guard let list = catalog?[kind] else { continue }
            let own = member.server.settings.cacheHints
            time = min(time, list.timeToLive ?? own.timeToLive.milliseconds)
            isPublic = isPublic && (list.isPublic ?? own.isPublic)
            if case .holders = member.access { isPublic = false }
        }
        return CacheHints.members(milliseconds: time == .max ? 0 : time, isPublic: isPublic && time != .max)
    }

    // MARK: Answering

    /// The result of a request for a list.
    ///
    /// - Throws: when the cursor is none of this list.
    func result(_ kind: CatalogKind, after cursor: String?, for era: Era) throws(Refusal) -> ByteBuffer {
        let list = (era == .legacy && kind == .tools ? toolsOfSessions : nil) ?? lists[kind] ?? OfferedList()
        let page = try list.page(after: cursor)
        var result = ByteBuffer()
        result.reserveCapacity(page.entries.readableBytes + 256)
        result.writeStaticString("{")
        if era == .modern {
            result.writeStaticString(#""resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":"#)
            result.writeImmutableBuffer(introduction.serverInfo)
            result.writeStaticString("},")
            if let hints = hints[kind] {
                result.writeImmutableBuffer(hints)
                result.writeStaticString(",")
            }
        }
        result.writeJSONString(kind.member)
        result.writeStaticString(":[")
        result.writeImmutableBuffer(page.entries)
        result.writeStaticString("]")
        if let cursor = page.cursor {
            result.writeStaticString(#","nextCursor":"#)
            result.writeJSONString(cursor)
        }
        result.writeStaticString("}")
        return result
    }

    /// How many entries a list has.
    func count(_ kind: CatalogKind) -> Int { lists[kind]?.count ?? 0 }

    // MARK: What names stand for

    /// What a tool that is called stands for; nil when nothing is offered under the name.
    func tool(named name: String) -> Target? {
        if let target = tools[ByteText(name)] { return target }
        // A name that is known and not offered is hidden.
        guard !toolNames.isListed(name), let guess = toolNames.guess(name) else { return nil }
        let override = selection.overrides[ByteText(name)]
        guard override?.name == nil, selection.admitsNew(tool: name), selection.isWanted(tool: name),
            members[guess.member].toolFilter?.admits(guess.name.text) ?? true
        else { return nil }
        return Target(member: guess.member, name: Self.json(guess.name.text), override: override)
    }

    /// What a prompt that is asked for stands for; nil when nothing is offered under the name.
    func prompt(named name: String) -> Target? {
        if let target = prompts[ByteText(name)] { return target }
        guard !promptNames.isListed(name), let guess = promptNames.guess(name), selection.terms.prompts.admits(name)
        else { return nil }
        return Target(member: guess.member, name: Self.json(guess.name.text))
    }

    /// Who may know an address, in the order in which they are to be asked; empty when it is not offered.
    func resources(at address: String) -> [AddressTable.Origin] {
        selection.terms.resources.admits(address) ? addresses.origins(of: address) : []
    }

    private static func json(_ text: String) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeJSONString(text)
        return bytes
    }
}

extension CatalogList {
    /// An entry with another name or address.
    func respelt(_ entry: Entry, as key: String) -> ByteBuffer {
        guard !key.hasBytes(of: entry.key.text) else { return view(entry).bytes }
        return view(entry).replacing(JSONView(text: bytes, range: entry.keyRange), by: key)
    }
}
