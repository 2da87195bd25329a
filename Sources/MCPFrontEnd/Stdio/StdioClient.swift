package import MCPCore
package import MCPGateway
package import NIOCore

/// The one client of a proxy that is run as a server over standard input and output, of whichever era: every message
/// tells for itself, and both may be mixed.
///
/// Each message is one line ([stdio](https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio)).
/// Confined to its event loop.
package final class StdioClient: LoopConfined, @unchecked Sendable {
    package let eventLoop: any EventLoop
    private let write: @Sendable (ByteBuffer) -> Void
    private let session: ChannelSession
    private let modern: ModernChannel
    private let maximumDepth: Int
    private var framer: LineFramer

    /// - Parameters:
    ///   - write: Writes one message as a line. May be called on any event loop.
    ///   - onEnd: Is called once, when the session has ended.
    package init(
        offer: Offer,
        gateway: Gateway,
        limits: HTTPLimits,
        on eventLoop: any EventLoop,
        write: @escaping @Sendable (ByteBuffer) -> Void,
        onEnd: @escaping @Sendable () -> Void
    ) {
        self.eventLoop = eventLoop
        self.write = write
        self.maximumDepth = limits.maximumJSONDepth
        self.framer = LineFramer(maximumLength: limits.maximumBodyBytes)
        session = ChannelSession(
            offer: offer, principal: .anonymous, on: eventLoop, gateway: gateway, write: write, onEnd: onEnd
        )
        modern = ModernChannel(
            offer: offer, principal: .anonymous, on: eventLoop, gateway: gateway, write: write
        )
    }

    /// Takes bytes as they were read.
    ///
    /// - Throws: `FramingError` once a line is too long. Nothing more can be read then.
    package func receive(_ bytes: ByteBuffer) throws(FramingError) {
        checkConfinement()
        framer.append(bytes)
        while let line = try framer.next() {
            if line.readableBytes > 0 { receive(line: line) }
        }
    }

    /// Calls back when all that was received is under way.
    package func settle(_ body: @escaping @Sendable () -> Void) {
        checkConfinement()
        session.whenNotOpening(body)
    }

    /// The client has gone.
    package func end(reason: String) {
        checkConfinement()
        modern.end()
        session.end(reason: reason)
    }

    private func receive(line: ByteBuffer) {
        if Batch.isBatch(line) {
            receive(batch: line)
            return
        }
        do throws(MessageError) {
            receive(try Message(line, maximumDepth: maximumDepth))
        } catch {
            write(error.answer)
        }
    }

    /// Answers come one by one, which the revision that has batches allows on a channel like this.
    private func receive(batch: ByteBuffer) {
        guard session.hasBatches else {
            let words = "batches exist only in revision 2025-03-26; send the messages one by one"
            write(OwnMessages.error(id: nil, code: .invalidRequest, message: words))
            return
        }
        do throws(MessageError) {
            for part in try Batch.split(batch, maximumCount: 1_000, maximumDepth: maximumDepth) {
                receive(try Message(part, maximumDepth: maximumDepth))
            }
        } catch {
            write(error.answer)
        }
    }

    private func receive(_ message: Message) {
        let origin = RequestOrigin()
        if message.kind == .request, message.envelope.metadata.protocolVersion != nil {
            modern.receive(message, from: origin)
            return
        }
        if message.method == .cancelled, message.kind == .notification, modern.cancel(message) { return }
        do throws(Refusal) {
            try session.receive(message, from: origin)
        } catch {
            if let id = message.id { write(error.answer(to: id)) }
        }
    }
}
