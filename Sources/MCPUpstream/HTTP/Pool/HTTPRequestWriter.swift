import MCPCore
import NIOCore
import NIOHTTP1

/// Writes requests as they go to the wire ([RFC 9112](https://www.rfc-editor.org/rfc/rfc9112)): head and body together,
/// most of them as one piece of memory.
///
/// The head passes through the handlers before, because the parser of answers has to know what was asked; it carries no
/// fields, which are taken from the request itself.
final class HTTPRequestWriter: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = ByteBuffer

    /// Up to which size a body is copied behind its head.
    private static let largestCopiedBody = 16 << 10

    /// What is written when its head comes by.
    private var next: HTTPUpstreamRequest?

    /// Writes a request and flushes.
    ///
    /// - Parameter context: Of the handler that reads the answers.
    func write(_ request: HTTPUpstreamRequest, _ context: ChannelHandlerContext) {
        next = request
        let head = HTTPRequestHead(version: .http1_1, method: request.method, uri: request.target)
        context.writeAndFlush(NIOAny(HTTPClientRequestPart.head(head)), promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let request = next else { return }
        next = nil
        let length = request.body?.readableBytes ?? 0
        let isCopied = length <= Self.largestCopiedBody
        let authorization = request.authorization?.text
        let room =
            request.fields.lines.readableBytes + (authorization?.utf8.count ?? 0) + request.target.utf8.count + 96
            + (isCopied ? length : 0)
        var bytes = context.channel.allocator.buffer(capacity: room)
        bytes.writeString(request.method.rawValue)
        bytes.writeStaticString(" ")
        bytes.writeString(request.target)
        bytes.writeStaticString(" HTTP/1.1\r\n")
        bytes.writeImmutableBuffer(request.fields.lines)
        if let authorization {
            bytes.writeStaticString("Authorization: ")
            bytes.writeString(authorization)
            bytes.writeStaticString("\r\n")
        }
        if request.body != nil {
            bytes.writeStaticString("Content-Length: ")
            bytes.writeDecimal(length)
            bytes.writeStaticString("\r\n")
        }
        bytes.writeStaticString("\r\n")
        guard let body = request.body, !isCopied else {
            if let body = request.body { bytes.writeImmutableBuffer(body) }
            return context.write(wrapOutboundOut(bytes), promise: promise)
        }
        context.write(wrapOutboundOut(bytes), promise: nil)
        context.write(wrapOutboundOut(body), promise: promise)
    }
}
