import MCPCore
import MCPFrontEnd
import MCPGateway
import NIOCore
import ProxyControl
import Synchronization

/// A client of one server, inside this process: what `mcp-proxy stdio` serves, without the standard streams.
final class OneClient: Sendable {
    /// An error that the server, or the proxy for it, has answered.
    struct Refusal: Error {
        let words: String
        /// What the proxy says why it could not ask the server; nil for an error of the server's own.
        let reason: String?
    }

    private struct State {
        var lastID: Int64 = 0
        var waiting: [Int64: CheckedContinuation<Message?, Never>] = [:]
        var hasEnded = false
        var client: StdioClient?
    }

    private let state = Mutex(State())
    private let progress: @Sendable (String) -> Void

    /// - Parameters:
    ///   - composition: With one server.
    ///   - progress: Hears how far a call has come.
    init(
        of composition: Composition, on eventLoop: any EventLoop, progress: @escaping @Sendable (String) -> Void
    ) {
        self.progress = progress
        let client = composition.stdioClient(
            on: eventLoop, write: { [weak self] in self?.take($0) }, onEnd: { [weak self] in self?.end() })
        state.withLock {
            $0.client = client
            $0.hasEnded = client == nil
        }
    }

    /// Opens the session.
    func initialize() async throws {
        var params = ByteBuffer(string: #"{"protocolVersion":"#)
        params.writeJSONString(ProtocolVersion.latestLegacy.name)
        params.writeString(#","capabilities":{},"clientInfo":{"name":"mcp-proxy","version":"#)
        params.writeJSONString(ProgramVersion.text)
        params.writeString("}}")
        _ = try await request(.initialize, params)
        say(OwnMessages.notification(.initialized))
    }

    /// Asks, and waits for the answer. Cancelling the task ends the session.
    ///
    /// - Parameter params: An object in JSON.
    /// - Returns: The result.
    /// - Throws: `Refusal` for an error; `CommandFailure` when there will be no answer, or the question is no message.
    func request(_ method: Method, _ params: ByteBuffer) async throws -> JSONView {
        let answer = try await answer(method, params)
        if let result = answer.view(answer.envelope.result) { return result }
        let error = answer.view(answer.envelope.error)
        var words = error?["message"]?.string ?? "without words"
        if let code = error?["code"]?.integer { words = "error \(code): \(words)" }
        let reason = answer.errorCode?.isOfProxy == true ? error?["data"]?["reason"]?.string : nil
        if reason == nil, let data = error?["data"] { words += "\n    \(String(buffer: data.bytes))" }
        throw Refusal(words: ShownOutput.printable(words), reason: reason)
    }

    /// Asks, and waits for the answer, whatever it is. Cancelling the task ends the session.
    ///
    /// - Parameter params: An object in JSON.
    /// - Throws: `CommandFailure` when there will be no answer, or the question is no message.
    func answer(_ method: Method, _ params: ByteBuffer) async throws -> Message {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let line: ByteBuffer
        do {
            line = try Message(OwnMessages.request(id: id, method: method, params: params)).singleLine
        } catch {
            throw CommandFailure("this cannot be sent: \(error.reason)")
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.hasEnded, !Task.isCancelled else { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { return continuation.resume(returning: nil) }
                say(line)
            }
        } onCancel: {
            end()
        }
        guard let answer else { throw CommandFailure("the session ended before there was an answer") }
        return answer
    }

    /// Ends the session. Nobody waits any more.
    func end() {
        let (client, waiting) = state.withLock { state in
            defer {
                state.waiting = [:]
                state.client = nil
                state.hasEnded = true
            }
            return (state.client, Array(state.waiting.values))
        }
        client?.eventLoop.execute { client?.end(reason: "the client has gone") }
        for continuation in waiting { continuation.resume(returning: nil) }
    }

    private func say(_ message: ByteBuffer) {
        guard let client = state.withLock({ $0.client }) else { return }
        var line = message
        line.writeString("\n")
        client.eventLoop.execute { [self, line] in
            do {
                try client.receive(line)
            } catch {
                // Longer than this configuration allows messages to be.
                end()
            }
        }
    }

    private func take(_ bytes: ByteBuffer) {
        // Only messages that have been read before are written here.
        guard let message = try? Message(bytes, maximumDepth: Int.max, duplicateKeys: .accepted) else {
            return
        }
        switch message.kind {
        case .notification:
            if message.method == .progress, let params = message.params { progress(Self.words(params)) }
        case .request:
            guard let id = message.id else { return }
            if message.method == .ping { return say(OwnMessages.emptyResult(id: id)) }
            say(OwnMessages.error(id: id, code: .methodNotFound, message: "nobody is here who could answer that"))
        case .result, .error:
            guard case .integer(let id)? = message.id else { return }
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: message)
        }
    }

    private static func words(_ params: JSONView) -> String {
        let amounts = [params["progress"], params["total"]].compactMap { $0.map { String(buffer: $0.bytes) } }
        return ([amounts.joined(separator: " of ")] + [params["message"]?.string].compactMap(\.self))
            .joined(separator: ": ")
    }
}
