import MCPCore
import MCPUpstream
import MCPValues
import NIOCore
import Synchronization

/// Holds what several servers list together, assembled for everybody who sees the same of them, and what each name and
/// address in it stands for.
///
/// A class that never changes once it is made, because every call looks into it.
final class OfferLists: Sendable {
    /// Holds what a name that is called stands for.
    final class Target: Sendable {
        /// The member's place among those that are seen.
        let member: Int
        /// The name there, as the server has written it, in JSON.
        let name: ByteBuffer
        /// Whether it says of itself that it changes nothing.
        let isReadOnly: Bool
        /// What the group says of it in place of its server.
        let override: ToolOverride?
        /// Whether its server lists it: one that it does not list may be newer than the list.
        let isListed: Bool

        init(
            member: Int, name: ByteBuffer, isReadOnly: Bool = false, override: ToolOverride? = nil,
            isListed: Bool = true
        ) {
            self.isListed = isListed
            self.member = member
            self.name = name
            self.isReadOnly = isReadOnly
            self.override = override
        }
    }

    /// How many lists there have been.
    private static let count = Atomic(0)
    /// Tells these from all other lists: those that are made later have a higher one.
    let number = OfferLists.count.add(1, ordering: .relaxed).newValue
    /// The editions of the members' catalogs that this is made of.
    let editions: [Int]
    let addresses: AddressTable
    /// Whether any member's addresses are not offered as they are.
    let renamesAddresses: Bool
    /// What the operator should know of names and patterns, in words.
    let findings: [String]
    let introduction: OfferIntroduction
    let members: [Member]
    let selection: OfferSelection
    let toolNames: NameTable
    let promptNames: NameTable
    private let tools: [ByteText: Target]
    private let prompts: [ByteText: Target]
    private let lists: [CatalogKind: OfferedList]
    let toolsOfSessions: OfferedList?
    /// What its tools are found with.
    let search: OfferSearch
    private let hints: [CatalogKind: CacheHints]

    /// - Parameter search: That of the lists in whose place these are, or a new one.
    init(_ assembly: OfferAssembly, editions: [Int], search: OfferSearch) {
        self.editions = editions
        self.search = search
        members = assembly.members
        selection = assembly.selection
        introduction = OfferIntroduction(assembly.members, assembly.catalogs, assembly.selection.terms)
        addresses = assembly.addresses
        renamesAddresses = assembly.members.indices.contains { assembly.addresses.mayRename($0) }
        toolNames = assembly.toolNames
        promptNames = assembly.promptNames
        tools = assembly.tools
        prompts = assembly.prompts
        lists = assembly.lists
        toolsOfSessions = assembly.toolsOfSessions
        hints = assembly.hints
        findings = assembly.findings
    }

    // MARK: Answering

    /// Returns the answer to a request for a list.
    ///
    /// - Parameters:
    ///   - isShared: Whether everybody gets the same who asks for it.
    ///   - narrowed: What of the list the client sees; nil for all.
    /// - Throws: when the cursor is none of this list.
    func answer(
        to id: RequestID, _ kind: CatalogKind, after cursor: String?, for era: Era, isShared: Bool,
        as narrowed: ((OfferedList) -> OfferedList)? = nil
    ) throws(Refusal) -> ByteBuffer {
        let list = (era == .legacy && kind == .tools ? toolsOfSessions : nil) ?? list(of: kind)
        let page = try (narrowed?(list) ?? list).page(after: cursor)
        return OwnMessages.result(id: id, about: page.entries.readableBytes + 256) {
            write(page, of: kind, for: era, isShared: isShared, to: &$0)
        }
    }

    /// Returns what clients without a session are listed.
    func list(of kind: CatalogKind) -> OfferedList { lists[kind] ?? OfferedList() }

    private func write(
        _ page: OfferedList.Page, of kind: CatalogKind, for era: Era, isShared: Bool, to result: inout ByteBuffer
    ) {
        result.writeStaticString("{")
        if era == .modern {
            result.writeStaticString(#""resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":"#)
            result.writeImmutableBuffer(introduction.serverInfo)
            result.writeStaticString("},")
            if let hints = hints[kind] {
                result.writeImmutableBuffer(hints.members(isShared: isShared))
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
    }

    // MARK: What names stand for

    /// Returns what a tool that is called stands for; nil when nothing is offered under the name.
    func tool(named name: String) -> Target? {
        if let target = tools[ByteText(name)] { return target }
        // A name that is known and not offered is hidden.
        guard !toolNames.isListed(name), let guess = toolNames.guess(name) else { return nil }
        let override = selection.overrides[ByteText(name)]
        guard override?.name == nil, selection.admitsNew(tool: name),
            members[guess.member].toolFilter?.admits(guess.name.text) ?? true
        else { return nil }
        return Target(
            member: guess.member, name: ByteBuffer(jsonString: guess.name.text), override: override, isListed: false)
    }

    /// Returns what a prompt that is asked for stands for; nil when nothing is offered under the name.
    func prompt(named name: String) -> Target? {
        if let target = prompts[ByteText(name)] { return target }
        guard !promptNames.isListed(name), let guess = promptNames.guess(name), selection.terms.prompts.admits(name)
        else { return nil }
        return Target(member: guess.member, name: ByteBuffer(jsonString: guess.name.text))
    }

    /// Finds who may know an address, in the order in which they are to be asked; empty when it is not offered.
    func resources(at address: String) -> [AddressTable.Origin] {
        guard selection.terms.resources.admits(address) else { return [] }
        // An address may be written with a prefix although it is offered without: what is hidden stays so.
        return addresses.origins(of: address).filter {
            selection.terms.resources.admits(addresses.offered($0.address.text, of: $0.member))
        }
    }

    /// Finds who has a template; nil when it is not offered.
    func template(_ template: String) -> AddressTable.Origin? {
        guard selection.terms.resources.admits(template), let origin = addresses.origin(ofTemplate: template),
            selection.terms.resources.admits(addresses.offered(template: origin.address.text, of: origin.member))
        else { return nil }
        return origin
    }
}

extension CatalogList {
    /// Returns an entry with another name or address.
    func respelt(_ entry: Entry, as key: String) -> ByteBuffer {
        guard !key.hasBytes(of: entry.key.text) else { return view(entry).bytes }
        return view(entry).replacing(JSONView(text: bytes, range: entry.keyRange), by: key)
    }
}
