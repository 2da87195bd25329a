import MCPGateway
import NIOCore

/// Sends what goes back for one request of a session to which everything goes on one channel.
final class SessionReply: ReplySink {
    let carriesMessages = true
    let origin: RequestOrigin
    private let channel: ChannelSession

    init(_ channel: ChannelSession, to origin: RequestOrigin) {
        self.channel = channel
        self.origin = origin
    }

    func send(_ message: ByteBuffer) { channel.send(message) }

    func finish(_ answer: ByteBuffer) { channel.send(answer) }

    func abandon() {}
}
