import NIOCore
import NIOHTTP1
import NIOSSL

/// Stands first on a connection of a TLS listener, until it has seen with which byte the client begins: a handshake is
/// handed to TLS, and whoever speaks plain HTTP is told so in plain HTTP.
final class TLSEntry: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The type of a record that belongs to a handshake (RFC 8446, 5.1).
    private static let handshake: UInt8 = 22

    private let tls: ListenerTLS
    private let watch: HandshakeWatch
    private var isRefused = false

    init(_ tls: ListenerTLS, _ watch: HandshakeWatch) {
        self.tls = tls
        self.watch = watch
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard !isRefused, let first = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) else { return }
        guard first == Self.handshake else { return refuse(first, context) }
        do {
            let pipeline = context.pipeline.syncOperations
            let handler = NIOSSLServerHandler(context: tls.current.context)
            try pipeline.addHandlers([handler, watch], position: .after(self))
            context.fireChannelRead(data)
            pipeline.removeHandler(context: context, promise: nil)
        } catch {
            // The channel has been closed meanwhile.
            context.close(promise: nil)
        }
    }

    private func refuse(_ first: UInt8, _ context: ChannelHandlerContext) {
        isRefused = true
        watch.failed("the client speaks no TLS", context.channel)
        // The methods of HTTP are capitals.
        guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else { return context.close(promise: nil) }
        let body = HTTPProblem.body("this port speaks TLS; use https:// in place of http://")
        var answer = context.channel.allocator.buffer(capacity: 256)
        answer.writeStatus(.badRequest)
        answer.writeStaticString("Content-Type: application/json\r\n")
        answer.writeContentLength(body.readableBytes)
        answer.writeStaticString("Connection: close\r\n\r\n")
        answer.writeImmutableBuffer(body)
        context.writeAndFlush(wrapOutboundOut(answer)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
    }
}
