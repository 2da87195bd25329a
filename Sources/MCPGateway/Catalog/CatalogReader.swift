import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// Reads what a server lists, all pages of all lists.
///
/// Confined to the upstream's event loop; that is what makes `@unchecked Sendable` true.
final class CatalogReader: ExchangeReceiver, @unchecked Sendable {
    /// How many bytes of one list are read.
    private static let maximumBytes = 16 << 20

    /// What came of it.
    struct Outcome: Sendable {
        var catalog: ServerCatalog
        /// The lists that the server has and did not give to the end.
        var failed: Set<CatalogKind> = []
        /// Whether the last reading ended before all that was to be read had been asked for.
        var isCut = false
    }

    private let upstream: Upstream
    private let server: ServerConnections
    private let completion: @Sendable (Outcome) -> Void
    private var outcome: Outcome
    /// What is still to be read; the first of them is being read.
    private var kinds: [CatalogKind]
    private var list: CatalogList
    private var cursor: String?
    private var pages = PageCount(maximumBytes: maximumBytes)

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
        outcome = Outcome(catalog: ServerCatalog(introduction))
        self.kinds = kinds.filter { introduction.declares($0.capability) }
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
        guard let result = answer.view(answer.envelope.result) else { return next(isWhole: false) }
        // The marks of a page are looked at one by one only where there can be any.
        let mayHaveMarks = list.kind == .tools && server.headerMarks.mayConcern(answer)
        list.add(result) { [marks = server.headerMarks] in !mayHaveMarks || marks.learn($0, $1) }
        guard pages.take(answer.bytes.readableBytes) else { return next(isWhole: true) }
        if let cursor = pages.next(after: result) { ask(cursor: cursor) } else { next(isWhole: true) }
    }

    /// Goes on to the next list.
    ///
    /// - Parameter isWhole: Whether this one was read as far as it is followed.
    private func next(isWhole: Bool) {
        let kind = kinds.removeFirst()
        // A server need not have templates although it has resources; it says so with an error.
        if isWhole || kind == .templates { outcome.catalog[kind] = list } else { outcome.failed.insert(kind) }
        list = CatalogList(kinds.first ?? .tools)
        pages = PageCount(maximumBytes: Self.maximumBytes)
        ask(cursor: nil)
    }

    func exchangeFailed(_ failure: UpstreamFailure) {
        outcome.failed.formUnion(kinds)
        outcome.isCut = true
        completion(outcome)
    }
}
