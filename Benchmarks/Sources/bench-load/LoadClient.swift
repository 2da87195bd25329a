import BenchmarkKit
import NIOCore

/// One client on one connection, with one request under way at most.
///
/// All clients live on one event loop, which is what makes `@unchecked Sendable` true.
final class LoadClient: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case connecting
        /// Followed by `initialized` or `idle`.
        case introducing
        /// The server has been told that the handshake is over.
        case initialized
        case idle
        case calling(id: Int, since: UInt64)
        /// A stream is open, and nothing more is expected than that it stays so.
        case streaming
        case ending
        /// Final.
        case closed
    }

    private let run: LoadRun
    private let options: LoadOptions
    private let target: Target
    private var state = State.connecting
    private var reader = HTTPMessageReader()
    private var context: ChannelHandlerContext?
    private var session: String?
    private var templates: RequestTemplates?

    init(_ run: LoadRun, target: Target) {
        self.run = run
        self.target = target
        self.options = run.options
    }

    // MARK: What the run asks for

    /// Must only be asked of an idle client.
    ///
    /// - Parameter since: From when on the answer has been waited for.
    func call(id: Int, since: UInt64) {
        guard let templates else { return }
        state = .calling(id: id, since: since)
        write(templates.call(id: id))
    }

    func openStream() {
        state = .streaming
        write(RequestTemplates.stream(options, target, session: session))
    }

    /// Ends the session, where there is one, then the connection.
    func end() {
        guard let session else {
            state = .closed
            context?.close(promise: nil)
            return
        }
        state = .ending
        write(RequestTemplates.end(target, options.era, session: session))
    }

    private func write(_ request: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    // MARK: What the connection says

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        state = .introducing
        write(RequestTemplates.introduction(options, target))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .streaming = state { return streamBegan(unwrapInboundIn(data)) }
        reader.append(unwrapInboundIn(data))
        do throws(HTTPMessageReader.Unreadable) {
            while let answer = try reader.next() { receive(answer) }
        } catch {
            run.fail("an answer is not valid HTTP")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        switch state {
        case .closed, .ending: break
        case .idle where run.holdsSessions: break  // whoever does not call may lose the connection, not the session
        case .connecting, .introducing, .initialized, .idle, .calling, .streaming: run.fail("a connection was closed")
        }
        state = .closed
        run.closed(self)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        run.fail("a connection failed: \(error)")
    }

    private func receive(_ answer: HTTPMessage) {
        switch state {
        case .introducing: introduced(answer)
        case .initialized: becomeIdle()
        case .calling(let id, let since):
            state = .idle
            run.answered(self, answer, id: id, since: since)
        case .ending:
            state = .closed
            context?.close(promise: nil)
        case .connecting, .idle, .streaming, .closed: run.fail("an answer that nobody has asked for")
        }
    }

    private func introduced(_ answer: HTTPMessage) {
        guard answer.status == 200, answer.body.offset(of: "\"result\"") != nil else {
            run.fail("the server refused: \(String(buffer: answer.head))\n\n\(String(buffer: answer.body))")
            return
        }
        guard options.era == .legacy else { return becomeIdle() }
        session = answer.header("mcp-session-id").map { String(buffer: $0) }
        state = .initialized
        write(RequestTemplates.initialized(options, target, session: session))
    }

    private func becomeIdle() {
        state = .idle
        templates = RequestTemplates(options, target, session: session)
        run.ready(self)
    }

    private func streamBegan(_ bytes: ByteBuffer) {
        guard session != nil || options.era == .modern, bytes.holds("HTTP/1.1", at: 0) else { return }
        guard bytes.number(at: 9) == 200 else { return run.fail("no stream: \(String(buffer: bytes))") }
        run.streamOpened()
    }
}
