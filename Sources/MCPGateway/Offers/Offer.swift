package import Logging
import MCPCore
import MCPUpstream
package import MCPValues
import NIOCore
import Synchronization

/// Holds what there is for clients at a path: a server alone, as it is, or several with names that tell them apart.
package final class Offer: Sendable {
    private enum Content {
        case server(Member)
        case merged([Member], OfferTerms)
    }

    /// Holds what may change while sessions are open, and holds for their requests from then on.
    private struct State {
        var content: Content
        var logsRequests: Bool
        /// Counts the changes, so that whoever keeps something of the content learns that it is old.
        var edition = 0
        var views: OfferViews
    }

    /// The server's key in the configuration, which may hold slashes, or the name of a group; empty for the endpoint at
    /// which everything is offered.
    package let name: String
    /// Whether everybody who may see which servers there are sees it; not so when it is one caller's own.
    package let isListed: Bool
    /// Whether several servers are offered together, as many as there are at the moment.
    package let isMerged: Bool
    private let state: Mutex<State>
    private let logger: Logger
    private let findings = OfferFindings()
    private let work: IndexWork
    /// Waits for the members' lists at the first start.
    let firstLists: FirstLists

    /// What is offered at a server's own path.
    ///
    /// - Parameters:
    ///   - logsRequests: Whether each request leaves one line in the log.
    ///   - work: Where the index is made by which tools are found.
    package init(
        name: String, _ member: Member, logsRequests: Bool = false, isListed: Bool = true,
        indexing work: IndexWork = .atOnce, logger: Logger
    ) {
        self.name = name
        self.isListed = isListed
        self.isMerged = false
        self.firstLists = FirstLists(wait: OfferTerms().firstListWait)
        self.state = Mutex(
            State(content: .server(member), logsRequests: logsRequests, views: OfferViews(work)))
        self.work = work
        self.logger = logger
    }

    /// What is offered where several servers are.
    package init(
        name: String, merging members: [Member], _ terms: OfferTerms, logsRequests: Bool = false,
        indexing work: IndexWork = .atOnce, logger: Logger
    ) {
        self.name = name
        self.isListed = true
        self.isMerged = true
        self.firstLists = FirstLists(wait: terms.firstListWait)
        self.state = Mutex(
            State(content: .merged(members, terms), logsRequests: logsRequests, views: OfferViews(work)))
        self.work = work
        self.logger = logger
    }

    /// The server at its own path; nil where several are offered together.
    package var member: Member? {
        state.withLock { if case .server(let member) = $0.content { member } else { nil } }
    }

    /// All that it offers, in order, whoever may use it.
    package var members: [Member] {
        state.withLock {
            switch $0.content {
            case .server(let member): [member]
            case .merged(let members, _): members
            }
        }
    }

    /// Which header fields of clients are for servers of it.
    package var passedNames: [String] {
        state.withLock { state in
            switch state.content {
            case .server(let member): member.server.settings.passed.map(\.clientName)
            case .merged(let members, _):
                members.isEmpty ? [] : members.flatMap { $0.server.settings.passed.map(\.clientName) }
            }
        }
    }

    package var logsRequests: Bool { state.withLock { $0.logsRequests } }
    package var edition: Int { state.withLock { $0.edition } }

    // MARK: Changes

    /// Shows other tools of its server from now on.
    package func show(_ toolFilter: ToolFilter?, prefix: String, logsRequests: Bool) {
        state.withLock { state in
            guard case .server(let member) = state.content else { return }
            let other = Member(member.server, toolFilter: toolFilter, prefix: prefix, access: member.access)
            state.content = .server(other)
            state.logsRequests = logsRequests
            state.edition += 1
            state.views = OfferViews(work)
        }
    }

    /// Offers other servers, or the same in another way, from now on.
    package func show(_ members: [Member], _ terms: OfferTerms, logsRequests: Bool) {
        state.withLock { state in
            state.content = .merged(members, terms)
            state.logsRequests = logsRequests
            state.edition += 1
            state.views = OfferViews(work)
        }
    }

    /// Looks at once more who may use what of it.
    package func rightsChanged() {
        state.withLock { $0.edition += 1 }
    }

    // MARK: What one caller sees

    /// Whether its only server is called for each caller with what is his: then the proxy says what there is, before anybody
    /// has anything.
    var actsForCallers: Bool { !isMerged && member?.server.settings.actsForCallers == true }

    /// Tells whether there is anything for a caller.
    package func has(for principal: Principal) -> Bool { members.contains { $0.access.admits(principal) } }

    /// Returns what a caller sees where names have to be looked up; nil at a server's own path, where everything passes
    /// as it is.
    func view(for principal: Principal, _ narrowing: Narrowing) -> OfferView? {
        guard isMerged || !narrowing.isEmpty || !principal.tools.isAll || actsForCallers else { return nil }
        return state.withLock { state in
            switch state.content {
            case .server(let member): state.views.whole([member], .asItIs, edition: state.edition)
            case .merged(let members, let terms):
                state.views.find(members, terms, principal, edition: state.edition)
            }
        }
    }

    /// What there is, whoever may use it.
    var whole: OfferView {
        state.withLock { state in
            switch state.content {
            case .server(let member): state.views.whole([member], .asItIs, edition: state.edition)
            case .merged(let members, let terms): state.views.whole(members, terms, edition: state.edition)
            }
        }
    }

    /// Tells the operator what is to be known of names and patterns, each once, when all members are known.
    package func reportFindings() {
        let view = whole
        guard view.members.allSatisfy({ $0.server.catalog.current != nil }) else { return }
        let lists = view.lists
        findings.report(lists.findings, of: label, logger)
        // Here nobody waits for the index, as the first client would that searches.
        if view.terms.discovery != .list { lists.search.prepare(for: lists) }
    }

    /// What it is called in logs.
    package var label: String { name.isEmpty ? "mcp" : name }

    /// What the proxy says of itself where no client is meant.
    var ownDeclaration: ClientDeclaration {
        members.first?.server.ownDeclaration
            ?? ClientDeclaration(clientInfo: whole.lists.introduction.serverInfo)
    }

    // MARK: The log

    /// Leaves the line that `logEnabled` promises: what was asked and how it went, never with what.
    ///
    /// - Parameters:
    ///   - origin: Which request it was.
    ///   - principal: Who asks: named where the operator has named them.
    ///   - server: Which was asked; nil when that was none.
    func log(
        _ origin: RequestOrigin, method: String, of principal: Principal, tool: String?, at server: ServerConnections?,
        elapsed: TimeAmount,
        outcome: String
    ) {
        let milliseconds = Double(elapsed.nanoseconds / 10_000) / 100
        var metadata = origin.facts
        metadata["method"] = "\(method)"
        metadata["ms"] = "\(milliseconds)"
        metadata["outcome"] = "\(outcome)"
        if let server { metadata["server"] = "\(server.displayName)" }
        if principal.isNamed { metadata["by"] = "\(principal.name)" }
        if isMerged { metadata["at"] = "\(label)" }
        if let tool { metadata["tool"] = "\(tool)" }
        logger.info("request", metadata: metadata)
    }
}

extension OfferTerms {
    /// A server's own names, all of them.
    fileprivate static let asItIs = {
        var terms = OfferTerms()
        terms.naming = .never
        return terms
    }()
}
