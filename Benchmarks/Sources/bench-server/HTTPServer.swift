import BenchmarkKit
import NIOCore
import NIOPosix

/// The back end over streamable HTTP, on one event loop; that is what makes `@unchecked Sendable` true.
final class HTTPServer: @unchecked Sendable {
    private var book: AnswerBook
    private let era: Era
    private let isProtected: Bool
    private var protection: Protection?
    private var lastSession = 0

    /// - Parameter isProtected: Whether it lets in only who comes with a token.
    init(_ book: AnswerBook, era: Era, isProtected: Bool) {
        self.book = book
        self.era = era
        self.isProtected = isProtected
    }

    /// Listens on a free port, tells which, and serves until the process is ended.
    func run(port: Int) throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let channel = try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(HTTPServerHandler(self))
                }
            }
            .bind(host: "127.0.0.1", port: port).wait()
        let port = channel.localAddress?.port ?? 0
        // Nobody comes before this is told.
        if isProtected { protection = Protection(port: port) }
        StandardOutput.write(line: "listening \(port)")
        try channel.closeFuture.wait()
    }

    func reply(to message: ByteBuffer) -> AnswerBook.Reply {
        book.reply(to: message)
    }

    /// Returns a whole response in place of an answer to the message; nil for what is let in.
    func refusal(of request: HTTPMessage) -> String? {
        protection?.response(to: request)
    }

    /// A name for the session that a request opens; nil when it opens none.
    func session(for request: HTTPMessage) -> String? {
        guard era == .legacy, request.header("mcp-session-id") == nil, let method = request.body.methodOffset,
            request.body.holds("initialize\"", at: method)
        else { return nil }
        lastSession += 1
        return "session-\(lastSession)"
    }
}
