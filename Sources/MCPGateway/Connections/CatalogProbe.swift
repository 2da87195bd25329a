import MCPCore
import MCPUpstream
import MCPValues
import NIOCore
import Synchronization

/// Reads what a server lists, page by page: how many there are, so that people can be told, and what has to be known of
/// its tools.
///
/// Confined to the upstream's event loop; that is what makes `@unchecked Sendable` true.
final class CatalogProbe: ExchangeReceiver, @unchecked Sendable {
    /// How many bytes of one list are read. None of them is kept.
    private static let maximumBytes = 16 << 20

    struct Counts: Sendable {
        var tools: Int?
        var prompts: Int?
        var resources: Int?
        var names = ToolNames()
        /// The names in the filter that are no tool's; nil while not all tools have been seen.
        var unknown: [String]?
    }

    private struct List {
        let method: Method
        let member: String
        let count: WritableKeyPath<Counts, Int?>
    }

    /// Which lists are read.
    enum Kind: CaseIterable {
        case tools
        case prompts
        case resources
    }

    private let upstream: Upstream
    private let server: ServerConnections
    private let completion: @Sendable (Counts) -> Void
    private var counts = Counts()
    private var lists: [List] = []
    private var cursor: String?
    private var pages = PageCount(maximumBytes: maximumBytes)
    /// The names in the filter that no tool has had so far.
    private var unmet: Set<ByteText> = []

    init(
        _ upstream: Upstream,
        _ introduction: Introduction,
        of kinds: [Kind] = Kind.allCases,
        for server: ServerConnections,
        completion: @escaping @Sendable (Counts) -> Void
    ) {
        self.upstream = upstream
        self.server = server
        self.completion = completion
        let known = kinds.map { kind in
            switch kind {
            case .tools: List(method: .toolsList, member: "tools", count: \.tools)
            case .prompts: List(method: .promptsList, member: "prompts", count: \.prompts)
            case .resources: List(method: .resourcesList, member: "resources", count: \.resources)
            }
        }
        lists = known.filter { introduction.declares($0.member) }
    }

    func start() {
        unmet = Set(filteredNames.map(ByteText.init))
        ask(cursor: nil)
    }

    private var filteredNames: [String] { server.countedTools.withLock { $0?.names } ?? [] }

    private func ask(cursor: String?) {
        guard !lists.isEmpty else {
            completion(counts)
            return
        }
        self.cursor = cursor
        upstream.exchange(self)
    }

    func request(for introduction: Introduction) -> OutgoingRequest? {
        guard let list = lists.first else { return nil }
        let params = cursor.map { OwnMessages.object([("cursor", $0)]) }
        // Our own text is a message by construction.
        guard let request = try? Message(OwnMessages.request(id: 0, method: list.method, params: params)) else {
            return nil
        }
        guard introduction.era == .modern else { return OutgoingRequest(request) }
        return OutgoingRequest(request, edits: server.ownDeclaration.metadata.edits(for: request, logLevel: nil))
    }

    private func next() {
        lists.removeFirst()
        pages = PageCount(maximumBytes: Self.maximumBytes)
        ask(cursor: nil)
    }

    var isForClient: Bool { false }
    func exchangeProgressed(_ notification: Message) {}

    func exchangeAnswered(_ answer: Message) {
        guard let list = lists.first else { return }
        guard let result = answer.view(answer.envelope.result) else {
            next()
            return
        }
        if list.method == .toolsList { server.headerMarks.learn(from: answer) }
        var shown = 0
        let namesTools = server.namesTools.load(ordering: .relaxed)
        result[list.member]?.forEachElement { element in
            guard list.method == .toolsList else { return shown += 1 }
            let name = element["name"]?.string ?? ""
            let isShown = server.counts(tool: name)
            if isShown { shown += 1 }
            if !unmet.isEmpty { unmet.remove(ByteText(name)) }
            if namesTools { counts.names.add(name, isShown: isShown) }
        }
        counts[keyPath: list.count] = (counts[keyPath: list.count] ?? 0) + shown
        let isWithinBounds = pages.take(answer.bytes.readableBytes)
        if list.method == .toolsList, isWithinBounds, result["nextCursor"] == nil {
            counts.unknown = filteredNames.filter { unmet.contains(ByteText($0)) }
        }
        if isWithinBounds, let cursor = pages.next(after: result) {
            ask(cursor: cursor)
        } else {
            next()
        }
    }

    func exchangeFailed(_ failure: UpstreamFailure) {
        completion(counts)
    }
}
