import BenchmarkKit
import NIOCore

/// Carries requests to the program under numbers of its own and answers back to whoever asked.
///
/// Confined to its event loop; that is what makes `@unchecked Sendable` true.
final class ChildHandler: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Waiting {
        let connection: ClientHandler
        let id: ByteBuffer
    }

    private var context: ChannelHandlerContext?
    private var waiting: [Int: Waiting] = [:]
    private var lastID = 0
    private var input = ByteBuffer()
    /// Up to where the input has been looked at without finding the end of a line.
    private var searched = 0
    private var isFlushing = false

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    /// - Returns: whether an answer will come.
    func send(_ message: ByteBuffer, from connection: ClientHandler) -> Bool {
        guard let name = message.offset(of: "\"id\":"), message.methodOffset != nil, let id = message.messageID else {
            write(message)
            return false
        }
        lastID += 1
        waiting[lastID] = Waiting(connection: connection, id: id)
        write(Self.replacing(id, at: name + 5, by: ByteBuffer(string: String(lastID)), in: message))
        return true
    }

    private func write(_ message: ByteBuffer) {
        guard let context else { return }
        var line = message
        line.writeInteger(UInt8(ascii: "\n"))
        context.write(wrapOutboundOut(line), promise: nil)
        guard !isFlushing else { return }
        isFlushing = true
        context.eventLoop.assumeIsolated().execute { [self] in
            isFlushing = false
            self.context?.flush()
        }
    }

    private static func replacing(
        _ old: ByteBuffer,
        at offset: Int,
        by new: ByteBuffer,
        in message: ByteBuffer
    ) -> ByteBuffer {
        var output = ByteBuffer()
        output.reserveCapacity(message.readableBytes + 32)
        var rest = message
        if var start = rest.readSlice(length: offset) { output.writeBuffer(&start) }
        output.writeImmutableBuffer(new)
        rest.moveReaderIndex(forwardBy: old.readableBytes)
        output.writeBuffer(&rest)
        return output
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if input.readableBytes == 0 { input = bytes } else { input.writeImmutableBuffer(bytes) }
        while let length = input.offset(of: "\n", from: searched) {
            searched = 0
            guard let line = input.readSlice(length: length) else { return }
            input.moveReaderIndex(forwardBy: 1)
            answer(line)
        }
        searched = input.readableBytes
    }

    private func answer(_ line: ByteBuffer) {
        guard let name = line.offset(of: "\"id\":"), let number = line.number(at: name + 5),
            let asker = waiting.removeValue(forKey: number), let id = line.messageID
        else { return }
        asker.connection.respond(Self.replacing(id, at: name + 5, by: asker.id, in: line))
    }
}
