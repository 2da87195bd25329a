import Logging
import MCPCore
import MCPValues
import NIOCore
import Synchronization

/// Keeps what has to be known of a server's tools to call them over HTTP: which arguments are repeated in header fields
/// ([x-mcp-header, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/server/tools#x-mcp-header)).
///
/// Learnt from every list of tools that passes.
final class HeaderMarks: Sendable {
    private struct State {
        var marks: [ByteText: ToolHeaderMarks] = [:]
        /// Tools whose marks were found invalid, so that each is reported once.
        var invalid: Set<ByteText> = []
        /// What names and marks take, about.
        var byteCount = 0

        /// Makes room for something more. A server that lists ever other tools is forgotten from time to time: what is
        /// needed again is learnt from its next list, or when it refuses a call for want of a header field.
        mutating func makeRoom(for size: Int, of maximumBytes: Int) {
            if byteCount + size > maximumBytes { self = State() }
            byteCount += size
        }
    }

    /// The longest name and marks of one tool together.
    static let maximumToolBytes = 64 << 10

    private let state = Mutex(State())
    private let server: String
    private let logger: Logger
    private let maximumBytes: Int

    /// - Parameter maximumBytes: How much is remembered of the tools.
    init(server: String, logger: Logger, maximumBytes: Int = 4 << 20) {
        self.server = server
        self.logger = logger
        self.maximumBytes = maximumBytes
    }

    // MARK: Lists

    /// Returns what has to be cut out of the answer to `tools/list` for a client. Everything else stays as it came.
    ///
    /// - Parameter withheld: The places of tools that were not approved.
    func edits(
        ofList answer: Message, filter: ToolFilter?, dropsInvalidMarks: Bool, withheld: Set<Int> = []
    ) -> [Edit] {
        guard filter != nil || !withheld.isEmpty || mayConcern(answer) else { return [] }
        return answer.view(answer.envelope.result)?.edits(ofList: .tools) { place, tool in
            let name = tool["name"]?.string ?? ""
            let isValid = learn(tool, name)
            return (isValid || !dropsInvalidMarks) && filter?.admits(name) ?? true && !withheld.contains(place)
        } ?? []
    }

    /// Tells whether anything in an answer to `tools/list` may have marks, or makes known ones old.
    func mayConcern(_ answer: Message) -> Bool { ToolHeaderMarks.mayHaveMarks(answer.bytes) || hasMarks }

    private var hasMarks: Bool { state.withLock { !$0.marks.isEmpty } }

    /// Notes the marks of a tool. Returns whether they are in order, or it has none.
    func learn(_ tool: JSONView, _ name: String) -> Bool {
        let key = ByteText(name)
        do throws(ToolMarkError) {
            let marks = try ToolHeaderMarks.read(tool: tool)
            let size = name.utf8.count + (marks?.byteCount ?? 0)
            guard marks == nil || size <= Self.maximumToolBytes else {
                throw ToolMarkError(code: .invalidMark, reason: "name and marks are longer than 64 KiB")
            }
            state.withLock { state in
                if marks != nil, state.marks[key] == nil { state.makeRoom(for: size, of: maximumBytes) }
                state.marks[key] = marks
                state.invalid.remove(key)
            }
            return true
        } catch {
            let isNews = state.withLock { state in
                state.marks[key] = nil
                guard name.utf8.count <= Self.maximumToolBytes, !state.invalid.contains(key) else { return false }
                state.makeRoom(for: name.utf8.count + 64, of: maximumBytes)
                return state.invalid.insert(key).inserted
            }
            if isNews {
                logger.warning(
                    "tool is not listed for clients of revision 2026-07-28: its header marks are invalid",
                    metadata: ["server": "\(server)", "tool": "\(name)", "reason": "\(error.reason)"]
                )
            }
            return false
        }
    }

    // MARK: Calls

    /// Returns the header fields for a call: those that its tool demands, and those that came with it and mean nothing
    /// to us.
    func parameters(
        for request: Message,
        received: [(name: String, value: String)]
    ) -> [(name: String, value: String)] {
        guard request.method == .toolsCall else { return received }
        guard let marks = marks(for: request) else { return received }
        let own = Set(marks.marks.map { "mcp-param-\($0.header.lowercased())" })
        // What cannot be repeated in a header is left out: the server says what it misses.
        let demanded = (try? marks.headers(arguments: request.params?["arguments"])) ?? []
        return demanded + received.filter { !own.contains($0.name) }
    }

    /// Says why the header fields of a call do not agree with its arguments; nil when they do.
    ///
    /// - Parameter sent: The arguments as the client has sent them; nil where they are those of the request.
    func mismatch(
        _ request: Message, sent: ModernRequest.Arguments? = nil, received: [(name: String, value: String)]
    ) -> String? {
        guard request.method == .toolsCall, let marks = marks(for: request) else { return nil }
        let arguments = sent.map(\.view) ?? request.params?["arguments"]
        return marks.mismatch(arguments: arguments) { name in
            received.filter { $0.name == name }.map(\.value)
        }
    }

    private func marks(for request: Message) -> ToolHeaderMarks? {
        guard hasMarks, let name = request.view(request.envelope.name)?.string else { return nil }
        return state.withLock { $0.marks[ByteText(name)] }
    }
}
