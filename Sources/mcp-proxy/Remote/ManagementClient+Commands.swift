import MCPCore
import MCPUpstream
import NIOCore

extension ManagementClient {
    /// As `send`, for a command that needs a running proxy.
    func answer(_ method: HTTPCall.Method, _ path: String, _ body: ByteBuffer? = nil) async throws -> JSONView {
        do {
            return try await send(method, path, body)
        } catch let error as NoProxy {
            throw CommandFailure("\(error.words); start it, or name another one with --proxy")
        }
    }

    /// As `follow`, for a command that needs a running proxy.
    func followAnswer(_ path: String, _ onEvent: @escaping @Sendable (ServerSentEvent) -> Void) async throws {
        do {
            try await follow(path, onEvent)
        } catch let error as NoProxy {
            throw CommandFailure("\(error.words); start it, or name another one with --proxy")
        }
    }

    /// Reads the configuration again, or only says what would change.
    func reload(isRehearsal: Bool) async throws -> JSONView {
        try await answer(.post, "reload", ByteBuffer(string: #"{"dryRun":\#(isRehearsal)}"#))
    }

    /// Says what was done.
    func show(_ answer: JSONView) throws {
        try ShownOutput.write(table: [answer["message"]?.string ?? "done"])
    }

    /// A path of an answer, which begins with that of the base, as a URL.
    func url(ofPath path: String) -> String {
        let rest = place.base.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        let authority = rest.last?.prefix { $0 != "/" } ?? ""
        return "\(rest.first ?? "http:")//\(authority)\(path)"
    }
}
