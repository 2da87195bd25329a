package import MCPCore
package import MCPUpstream
import MCPValues
package import NIOCore
import ToolPins

/// Reads all the tools that a server lists, over a connection that is there already: reading starts nothing.
package final class ToolPages: ExchangeReceiver {
    /// How many bytes all pages may have together.
    package static let maximumBytes = 8 << 20

    /// Says why there is no list, in words for who asks.
    package struct Failure: Error, Sendable {
        package let words: String
    }

    /// Holds what clients see of the list.
    package struct List: Sendable {
        /// A JSON array of the objects that the server sent.
        package let tools: ByteBuffer
        /// The names of those that are kept from clients until somebody approves them.
        package let withheld: [String]

        package init(tools: ByteBuffer, withheld: [String] = []) {
            (self.tools, self.withheld) = (tools, withheld)
        }
    }

    private let connection: Connection
    private let filter: ToolFilter?
    private let completion: @Sendable (Result<List, Failure>) -> Void
    private var cursor: String?
    private var pages = PageCount(maximumBytes: maximumBytes)
    private var tools = ByteBuffer(string: "[")
    private var withheld: [String] = []

    private init(
        _ connection: Connection, _ filter: ToolFilter?,
        _ completion: @escaping @Sendable (Result<List, Failure>) -> Void
    ) {
        self.connection = connection
        self.filter = filter
        self.completion = completion
    }

    /// Reads the list.
    ///
    /// - Parameter completion: Gets what the server sent, the filter lets pass and is not withheld. Called from anywhere,
    ///   once.
    package static func read(of member: Member, _ completion: @escaping @Sendable (Result<List, Failure>) -> Void) {
        guard let connection = member.server.firstOpen else {
            return completion(.failure(Failure(words: "the server does not run")))
        }
        connection.runNowOrLater { [filter = member.toolFilter] in ToolPages($0, filter, completion).ask() }
    }

    private func ask() {
        // Asked at any other moment, it would be started for this.
        guard case .ready = connection.upstream.state else { return fail("the server does not run") }
        connection.upstream.exchange(self)
    }

    package func request(for introduction: Introduction) -> OutgoingRequest? {
        let params = cursor.map { OwnMessages.object([("cursor", $0)]) }
        // Our own text is a message by construction.
        guard let request = try? Message(OwnMessages.request(id: 0, method: .toolsList, params: params)) else {
            return nil
        }
        guard introduction.era == .modern else { return OutgoingRequest(request) }
        let metadata = connection.server.ownDeclaration.metadata
        return OutgoingRequest(request, edits: metadata.edits(for: request, logLevel: nil))
    }

    package var isForClient: Bool { false }
    package func exchangeProgressed(_ notification: Message) {}

    package func exchangeAnswered(_ answer: Message) {
        guard let result = answer.view(answer.envelope.result), let list = result["tools"] else {
            return fail(answer.view(answer.envelope.error)?["message"]?.string ?? "it gave no list of tools")
        }
        let page: PinnedServer.Page
        do throws(Refusal) {
            page = try connection.server.pins.judge(.tool, in: answer, isFirst: cursor == nil, on: connection.key)
        } catch {
            return fail(error.words)
        }
        let next = pages.next(after: result, of: answer.bytes.readableBytes)
        if case .tooMuch(let why) = next { return fail("the list \(why)") }
        var place = 0
        list.forEachElement { tool in
            defer { place += 1 }
            let name = tool["name"]?.string ?? ""
            guard tool.isObject, filter?.admits(name) ?? true else { return }
            guard !page.withheld.contains(place) else { return withheld.append(name) }
            if tools.readableBytes > 1 { tools.writeString(",") }
            tools.writeImmutableBuffer(tool.bytes)
        }
        if case .page(let cursor) = next {
            self.cursor = cursor
            return ask()
        }
        tools.writeString("]")
        completion(.success(List(tools: tools, withheld: withheld)))
    }

    package func exchangeFailed(_ failure: UpstreamFailure) {
        fail(failure.detail)
    }

    private func fail(_ words: String) {
        completion(.failure(Failure(words: words)))
    }
}
