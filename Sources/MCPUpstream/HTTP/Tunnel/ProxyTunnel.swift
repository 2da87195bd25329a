import Addresses
import MCPCore
import NIOCore

/// Asks a proxy to connect to a server ([RFC 9110, 9.3.6](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6)), and
/// leaves the channel once it has. Until then nothing but CONNECT is written.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The longest answer that is read.
    static let maximumAnswerBytes = 32 * 1_024

    private let proxy: ForwardProxy
    private let authority: String
    private let timeout: TimeAmount
    private var answer = TunnelAnswer()
    private var timer: Scheduled<Void>?
    private var whenDone: EventLoopPromise<Void>?

    /// - Parameters:
    ///   - authority: The server, as `host:port`.
    ///   - timeout: How long the proxy may take.
    ///   - whenDone: Is kept when the tunnel stands, after this handler has left.
    init(
        _ proxy: ForwardProxy, to authority: String, within timeout: TimeAmount, whenDone: EventLoopPromise<Void>
    ) {
        self.proxy = proxy
        self.authority = authority
        self.timeout = timeout
        self.whenDone = whenDone
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else { return fail(.closed, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: timeout) {
            let (tunnel, context) = bound.value
            tunnel.fail(.silent, context)
        }
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // However it comes to that, nobody waits for ever.
        finish()?.fail(TunnelFailure(proxy: proxy, cause: .closed))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard whenDone != nil else { return }
        answer.append(unwrapInboundIn(data))
        do throws(TunnelAnswer.Unreadable) {
            guard let status = try answer.status() else {
                if answer.length > Self.maximumAnswerBytes { fail(.tooLong, context) }
                return
            }
            guard (200..<300).contains(status) else { return fail(.refused(status), context) }
            guard let done = finish() else { return }
            context.pipeline.syncOperations.removeHandler(self).cascade(to: done)
        } catch {
            fail(.unreadable, context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(.closed, context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(.unreachable(error), context)
    }

    private var request: ByteBuffer {
        var text = "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\nUser-Agent: mcp-proxy\r\n"
        if let credentials = proxy.credentials {
            text += "Proxy-Authorization: Basic \(Base64.encode(credentials))\r\n"
        }
        return ByteBuffer(string: text + "\r\n")
    }

    private func fail(_ cause: TunnelFailure.Cause, _ context: ChannelHandlerContext) {
        guard let done = finish() else { return }
        done.fail(TunnelFailure(proxy: proxy, cause: cause))
        context.close(promise: nil)
    }

    /// Returns the promise, when it has not been kept yet.
    private func finish() -> EventLoopPromise<Void>? {
        defer { whenDone = nil }
        timer?.cancel()
        return whenDone
    }
}
