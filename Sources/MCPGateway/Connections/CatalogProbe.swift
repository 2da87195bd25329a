import MCPCore
import MCPUpstream
import NIOCore

/// Counts what a server lists, page by page, so that people can be told.
///
/// Confined to the upstream's event loop; that is what makes `@unchecked Sendable` true.
final class CatalogProbe: ExchangeReceiver, @unchecked Sendable {
    /// A server that pages for ever is not followed any further.
    private static let maximumPages = 1_000

    struct Counts: Sendable {
        var tools: Int?
        var prompts: Int?
        var resources: Int?
    }

    private struct List {
        let method: Method
        let member: String
        let count: WritableKeyPath<Counts, Int?>
    }

    private let upstream: Upstream
    private let toolFilter: ToolFilter?
    private let completion: @Sendable (Counts) -> Void
    private var counts = Counts()
    private var lists: [List] = []
    private var cursors: Set<String> = []
    private var pages = 0

    init(
        _ upstream: Upstream,
        _ result: HandshakeResult,
        toolFilter: ToolFilter?,
        completion: @escaping @Sendable (Counts) -> Void
    ) {
        self.upstream = upstream
        self.toolFilter = toolFilter
        self.completion = completion
        let known: [(String, List)] = [
            ("tools", List(method: .toolsList, member: "tools", count: \.tools)),
            ("prompts", List(method: .promptsList, member: "prompts", count: \.prompts)),
            ("resources", List(method: .resourcesList, member: "resources", count: \.resources)),
        ]
        lists = known.filter { result.declares($0.0) }.map(\.1)
    }

    func start() {
        ask(cursor: nil)
    }

    private func ask(cursor: String?) {
        guard let list = lists.first else {
            completion(counts)
            return
        }
        var params: ByteBuffer?
        if let cursor {
            var object = ByteBuffer(string: #"{"cursor":"#)
            object.writeJSONString(cursor)
            object.writeStaticString("}")
            params = object
        }
        // Our own text is a message by construction.
        guard let request = try? Message(OwnMessages.request(id: 0, method: list.method, params: params)) else {
            return
        }
        upstream.exchange(request, self)
    }

    private func next() {
        lists.removeFirst()
        cursors = []
        pages = 0
        ask(cursor: nil)
    }

    func exchangeProgressed(_ notification: Message) {}

    func exchangeAnswered(_ answer: Message) {
        guard let list = lists.first else { return }
        guard let result = answer.view(answer.envelope.result) else {
            next()
            return
        }
        let shown = (result[list.member]?.elements ?? []).count { element in
            list.method != .toolsList || toolFilter?.admits(element["name"]?.string ?? "") ?? true
        }
        counts[keyPath: list.count] = (counts[keyPath: list.count] ?? 0) + shown
        pages += 1
        if let cursor = result["nextCursor"]?.string, cursors.insert(cursor).inserted, pages < Self.maximumPages {
            ask(cursor: cursor)
        } else {
            next()
        }
    }

    func exchangeFailed(_ failure: UpstreamFailure) {
        completion(counts)
    }
}
