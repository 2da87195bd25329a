import BenchmarkKit
import NIOCore

/// One connection of the HTTP back end. All of them live on one event loop, which is what makes `@unchecked Sendable`
/// true.
final class HTTPServerHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: HTTPServer
    private var reader = HTTPMessageReader()

    init(_ server: HTTPServer) {
        self.server = server
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        reader.append(unwrapInboundIn(data))
        do throws(HTTPMessageReader.Unreadable) {
            while let request = try reader.next() { answer(request, context) }
        } catch {
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ request: HTTPMessage, _ context: ChannelHandlerContext) {
        if let response = server.refusal(of: request) {
            return context.write(wrapOutboundOut(ByteBuffer(string: response)), promise: nil)
        }
        guard request.head.holds("POST ", at: 0) else {
            let isEnd = request.head.holds("DELETE ", at: 0)
            return write(isEnd ? "HTTP/1.1 200 OK" : "HTTP/1.1 405 Method Not Allowed", context)
        }
        guard case .response(let start, let rest, let asEvent) = server.reply(to: request.body) else {
            return write("HTTP/1.1 202 Accepted", context)
        }
        var head = ByteBuffer()
        head.reserveCapacity(256)
        head.writeStaticString("HTTP/1.1 200 OK\r\n")
        if let session = server.session(for: request) { head.writeString("Mcp-Session-Id: \(session)\r\n") }
        let length = start.readableBytes + rest.readableBytes
        if asEvent {
            head.writeStaticString(
                "Content-Type: text/event-stream\r\nCache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n")
            let event = ByteBuffer(string: "event: message\ndata: ")
            head.writeString(String(event.readableBytes + length + 2, radix: 16))
            head.writeStaticString("\r\n")
            head.writeImmutableBuffer(event)
        } else {
            head.writeStaticString("Content-Type: application/json\r\nContent-Length: ")
            head.writeString(String(length))
            head.writeStaticString("\r\n\r\n")
        }
        head.writeImmutableBuffer(start)
        context.write(wrapOutboundOut(head), promise: nil)
        context.write(wrapOutboundOut(rest), promise: nil)
        if asEvent { context.write(wrapOutboundOut(ByteBuffer(string: "\n\n\r\n0\r\n\r\n")), promise: nil) }
    }

    private func write(_ status: String, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(ByteBuffer(string: "\(status)\r\nContent-Length: 0\r\n\r\n")), promise: nil)
    }
}
