import MCPCore
import MCPFrontEnd
import NIOCore
import NIOHTTP1
import NIOPosix
import ProxyControl

/// Waits on this machine for a browser to come back from a login
/// ([RFC 8252, 7.3](https://www.rfc-editor.org/rfc/rfc8252#section-7.3)).
final class RedirectListener: Sendable {
    /// Somebody has come back.
    struct Arrival: Sendable {
        /// What was sent along.
        let query: String
        /// The connection of the browser; nil where somebody has pasted the address.
        fileprivate let channel: (any Channel)?

        /// Says in the browser what has become of it.
        func answer(_ title: String, _ words: String) async {
            guard let channel else { return }
            await RedirectListener.answer(channel, .ok, title, words)
        }
    }

    private static let path = "/callback"
    private static let lifetime = Duration.seconds(600)
    /// The port that is taken if it is free, so that the proxy has to be registered once with an authorization server that
    /// compares all of a redirect URI. None of those that systems give to outgoing connections.
    private static let usualPort = 19_850

    let address: String
    private let channel: any Channel
    private let arrivals: AsyncStream<Arrival>
    private let yield: AsyncStream<Arrival>.Continuation

    private init(
        _ channel: any Channel, _ arrivals: AsyncStream<Arrival>, _ yield: AsyncStream<Arrival>.Continuation
    ) {
        self.channel = channel
        self.arrivals = arrivals
        self.yield = yield
        address = "http://127.0.0.1:\(channel.localAddress?.port ?? 0)\(Self.path)"
    }

    /// Opens the usual port, or another that is free.
    static func open() async throws -> RedirectListener {
        let (arrivals, yield) = AsyncStream<Arrival>.makeStream()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            // The last login may have ended a moment ago.
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Visitor(yield))
                }
            }
        do {
            let channel: any Channel
            do {
                channel = try await bootstrap.bind(host: "127.0.0.1", port: usualPort).get()
            } catch let error as IOError where error.errnoCode == EADDRINUSE || error.errnoCode == EACCES {
                channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            }
            return RedirectListener(channel, arrivals, yield)
        } catch {
            throw CommandFailure("no port of this machine can be opened for the browser to come back to: \(error)")
        }
    }

    func close() {
        channel.close(promise: nil)
        yield.finish()
    }

    /// Waits for the first who comes back from a login.
    ///
    /// - Parameter address: Where the browser was sent to. Who comes with another state than stands there is a stranger: a
    ///   program of this machine, or a page that has guessed the port.
    func arrival(from address: String) async throws -> Arrival {
        let state = Self.state(in: address.drop { $0 != "?" }.dropFirst())
        return try await withThrowingTaskGroup(of: Arrival?.self) { [arrivals] group in
            group.addTask {
                for await arrival in arrivals {
                    // Who pastes is told what is wrong with it.
                    guard let channel = arrival.channel, Self.state(in: arrival.query[...]) != state else {
                        return arrival
                    }
                    await Self.answer(channel, .notFound, "Nothing here", "This is for another login.")
                }
                return nil
            }
            group.addTask {
                try await Task.sleep(for: Self.lifetime)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let arrival = first else {
                throw CommandFailure("the browser has not come back within ten minutes; begin again")
            }
            return arrival
        }
    }

    private static func state(in query: Substring) -> String? {
        FormText.read(String(query)).flatMap { FormText.only("state", in: $0) }
    }

    /// Takes the address to which the browser wanted to come back from standard input, too.
    func takePastedAddress() {
        let yield = yield
        // Reading blocks; the program ends without waiting for it.
        NIOThreadPool.singleton.submit { _ in
            while let line = readLine() {
                guard let question = line.firstIndex(of: "?") else {
                    if !line.allSatisfy(\.isWhitespace) {
                        Terminal.error("this is not the address of a login: it has no \"?\"; paste all of it")
                    }
                    continue
                }
                let query = line[line.index(after: question)...].prefix { $0 != "#" && !$0.isWhitespace }
                yield.yield(Arrival(query: String(query), channel: nil))
                return
            }
        }
    }

    fileprivate static func answer(
        _ channel: any Channel, _ status: HTTPResponseStatus, _ title: String, _ words: String
    ) async {
        let page = LoginPage(title: title, words: words.split(separator: "\n").map(String.init)).html
        var head = HTTPResponseHead(version: .http1_1, status: status)
        head.headers.add(contentsOf: LoginPage.headers)
        head.headers.add(name: "Content-Length", value: String(page.readableBytes))
        head.headers.add(name: "Connection", value: "close")
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.write(HTTPServerResponsePart.body(.byteBuffer(page)), promise: nil)
        // A browser that has gone does not matter any more.
        try? await channel.writeAndFlush(HTTPServerResponsePart.end(nil)).get()
        channel.close(promise: nil)
    }

    /// One connection of a browser.
    private final class Visitor: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let yield: AsyncStream<Arrival>.Continuation

        init(_ yield: AsyncStream<Arrival>.Continuation) {
            self.yield = yield
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard case .head(let head) = unwrapInboundIn(data) else { return }
            let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            guard head.method == .GET, parts.first.map(String.init) == RedirectListener.path, parts.count == 2 else {
                let channel = context.channel
                // Ends with the connection.
                Task { await RedirectListener.answer(channel, .notFound, "Nothing here", "This is for a login only.") }
                return
            }
            yield.yield(Arrival(query: String(parts[1]), channel: context.channel))
        }
    }
}
