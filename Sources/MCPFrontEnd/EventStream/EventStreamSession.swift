import MCPCore
import MCPGateway
import NIOCore

/// One client of the deprecated HTTP+SSE transport: everything goes to it on one stream, and its session lives
/// exactly as long as that stream.
struct EventStreamSession: Sendable {
    let id: String
    let channel: ChannelSession
    private let writer: EventStreamWriter

    init(
        _ request: AuthenticatedRequest,
        _ narrowing: Narrowing,
        writer: EventStreamWriter,
        on eventLoop: any EventLoop,
        gateway: Gateway,
        onEnd: @escaping @Sendable (String) -> Void
    ) {
        let id = Hexadecimal.text(of: RandomBytes.make(16))
        self.id = id
        self.writer = writer
        channel = ChannelSession(
            offer: request.offer,
            narrowing: narrowing,
            principal: request.principal,
            on: eventLoop,
            gateway: gateway,
            write: { writer.write(ServerSentEvent(name: "message", data: $0)) },
            onEnd: {
                onEnd(id)
                writer.end()
            }
        )
    }

    /// Tells the client where to send its messages. Nothing may come before.
    func announce(endpoint: String) {
        writer.write(ServerSentEvent(name: "endpoint", data: ByteBuffer(string: "\(endpoint)?sessionId=\(id)")))
    }
}
