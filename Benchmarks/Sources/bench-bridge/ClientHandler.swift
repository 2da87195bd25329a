import NIOCore
import NIOHTTP1

/// One client: a POST is one message.
///
/// Confined to its event loop; that is what makes `@unchecked Sendable` true.
final class ClientHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let child: ChildHandler
    private var context: ChannelHandlerContext?
    private var body = ByteBuffer()
    private var isPost = false

    init(_ child: ChildHandler) {
        self.child = child
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            body = ByteBuffer()
            isPost = head.method == .POST
        case .body(let bytes):
            if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
        case .end:
            if !isPost { return write(.methodNotAllowed, nil) }
            if !child.send(body, from: self) { write(.accepted, nil) }
        }
    }

    func respond(_ message: ByteBuffer) {
        write(.ok, message)
    }

    private func write(_ status: HTTPResponseStatus, _ message: ByteBuffer?) {
        guard let context else { return }
        var head = HTTPResponseHead(version: .http1_1, status: status)
        if message != nil { head.headers.add(name: "Content-Type", value: "application/json") }
        head.headers.add(name: "Content-Length", value: String(message?.readableBytes ?? 0))
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let message { context.write(wrapOutboundOut(.body(.byteBuffer(message))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
