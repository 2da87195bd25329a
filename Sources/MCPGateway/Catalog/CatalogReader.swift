import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// Reads what a server lists, all pages of all lists.
final class CatalogReader: ExchangeReceiver {
    /// How many bytes of one list are read.
    private static let maximumBytes = 16 << 20

    /// Holds what came of reading the catalog.
    struct Outcome: Sendable {
        var catalog: ServerCatalog
        /// What was to be read. What of it is nowhere below the server does not have.
        let wanted: Set<CatalogKind>
        /// The lists that the server has and did not give, and why, in words.
        var failed: [CatalogKind: String] = [:]
        /// The lists of which there is more than is in the catalog, and why it is not, in words.
        var unfinished: [CatalogKind: String] = [:]
        /// Whether the last reading ended before all that was to be read had been asked for.
        var isCut = false
        /// That it takes other credentials before anything is listed.
        var loginNeeded: UpstreamFailure?

        /// Whether lists were refused, and none was given. That a server has no templates it may say of anybody.
        var isWithoutLists: Bool {
            !failed.isEmpty && CatalogKind.allCases.allSatisfy { $0 == .templates || catalog[$0] == nil }
        }

        /// Says why it is not known what all of a list is, in words; nil when it is.
        func whyUnread(_ kind: CatalogKind) -> String? { failed[kind] ?? unfinished[kind] }
    }

    private let upstream: Upstream
    private let server: ServerConnections
    private let completion: @Sendable (Outcome) -> Void
    private var outcome: Outcome
    /// What is still to be read; the first of them is being read.
    private var kinds: [CatalogKind]
    private var list: CatalogList
    private var isFirstPage: Bool { cursor == nil }
    private var cursor: String?
    private var pages = PageCount(maximumBytes: maximumBytes)

    /// - Parameter kinds: What is read, as far as the server says that it has it, or something of it was approved.
    init(
        _ upstream: Upstream,
        _ introduction: Introduction,
        of kinds: [CatalogKind] = CatalogKind.allCases,
        for server: ServerConnections,
        completion: @escaping @Sendable (Outcome) -> Void
    ) {
        self.upstream = upstream
        self.server = server
        self.completion = completion
        outcome = Outcome(catalog: ServerCatalog(introduction), wanted: Set(kinds))
        self.kinds = kinds.filter { introduction.declares($0.capability) || server.pins.expects($0) }
        list = CatalogList(self.kinds.first ?? .tools)
    }

    func start() { ask(cursor: nil) }

    private func ask(cursor: String?) {
        guard !kinds.isEmpty else { return completion(outcome) }
        self.cursor = cursor
        upstream.exchange(self)
    }

    func request(for introduction: Introduction) -> OutgoingRequest? {
        guard let kind = kinds.first else { return nil }
        let params = cursor.map { OwnMessages.object([("cursor", $0)]) }
        // Our own text is a message by construction.
        guard let request = try? Message(OwnMessages.request(id: 0, method: kind.method, params: params)) else {
            return nil
        }
        guard introduction.era == .modern else { return OutgoingRequest(request) }
        return OutgoingRequest(request, edits: server.ownDeclaration.metadata.edits(for: request, logLevel: nil))
    }

    var isForClient: Bool { false }
    func exchangeProgressed(_ notification: Message) {}

    func exchangeAnswered(_ answer: Message) {
        guard let result = answer.view(answer.envelope.result) else { return refused(answer) }
        if server.pins.gate.needsLists, let fault = answer.faultAroundResult ?? result.fault(ofList: list.kind) {
            return failed("it cannot be told what of the answer clients would read: \(fault)")
        }
        // The marks of a page are looked at one by one only where there can be any.
        let mayHaveMarks = list.kind == .tools && server.headerMarks.mayConcern(answer)
        let former = server.catalog.current?[list.kind]
        list.add(result, former: former) { [marks = server.headerMarks] in !mayHaveMarks || marks.learn($0, $1) }
        switch pages.next(after: result, of: answer.bytes.readableBytes) {
        case .page(let cursor): return ask(cursor: cursor)
        case .end: break
        case .tooMuch(let why): outcome.unfinished[list.kind] = "it \(why)"
        }
        outcome.catalog[list.kind] = list
        next()
    }

    private func refused(_ answer: Message) {
        // A server need not have templates although it has resources; it says so with an error. One that does not know
        // the method has nothing that it could show anybody, whatever it says of itself.
        if list.kind == .templates || isFirstPage && answer.errorCode == .methodNotFound {
            outcome.catalog[list.kind] = list
        } else {
            let said = answer.view(answer.envelope.error)?["message"]?.string ?? ""
            let words = upstream.link?.hidingCredentials(in: said) ?? said
            let code = answer.errorCode.map { "\($0.rawValue)" } ?? "without a code"
            return failed("it got error \(code), \"\(PrintableText.make(words, maximumBytes: 128))\"")
        }
        next()
    }

    private func failed(_ why: String) {
        outcome.failed[list.kind] = why
        next()
    }

    /// Goes on to the next list.
    private func next() {
        kinds.removeFirst()
        list = CatalogList(kinds.first ?? .tools)
        pages = PageCount(maximumBytes: Self.maximumBytes)
        ask(cursor: nil)
    }

    func exchangeFailed(_ failure: UpstreamFailure) {
        for kind in kinds { outcome.failed[kind] = failure.detail }
        outcome.isCut = true
        if failure.endsWithCredentials { outcome.loginNeeded = failure }
        completion(outcome)
    }
}
