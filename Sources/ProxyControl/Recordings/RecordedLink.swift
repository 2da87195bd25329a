import MCPCore
import MCPUpstream
import NIOCore

/// The link to a server that is there only in a recording.
final class RecordedLink: UpstreamLink {
    let eventLoop: any EventLoop
    private let server: RecordedServer
    private var receiver: (any UpstreamLinkReceiver)?

    init(_ server: RecordedServer, on eventLoop: any EventLoop) {
        self.server = server
        self.eventLoop = eventLoop
    }

    func open(_ receiver: any UpstreamLinkReceiver) {
        self.receiver = receiver
        later { $0.receiver?.linkOpened() }
    }

    func send(_ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?) {
        // What the proxy itself has written can be read; only requests are answered.
        guard case .request(let id) = kind,
            let request = try? Message(message, maximumDepth: Int.max, duplicateKeys: .accepted)
        else { return }
        let answer =
            request.method == .subscriptionsListen
            ? Self.acknowledgement(of: request, id) : server.answer(to: request, id)
        later { $0.receiver?.linkReceived(answer, relatedTo: id) }
    }

    /// What a server says before a subscription, which then stays open: nothing ever changes.
    private static func acknowledgement(of request: Message, _ id: Int64) -> ByteBuffer {
        var meta = JSONObjectWriter()
        meta.add("\(RequestMetadata.prefix)subscriptionId", Int(id))
        var params = JSONObjectWriter()
        params.add("_meta", json: meta.finished)
        params.add("notifications", json: request.params?["notifications"]?.bytes ?? ByteBuffer(string: "{}"))
        var message = JSONObjectWriter()
        message.add("jsonrpc", "2.0")
        message.add("method", Method.subscriptionAcknowledged.rawValue)
        message.add("params", json: params.finished)
        return message.finished
    }

    func abandon(_ id: Int64) {}
    func handshakeCompleted(_ version: ProtocolVersion) {}

    func close() {
        let receiver = receiver
        self.receiver = nil
        receiver?.linkClosed(UpstreamFailure(.closed, "the recording was closed"))
    }

    /// Does something in a later turn: whoever sends is not answered before it has sent.
    private func later(_ body: @escaping @Sendable (RecordedLink) -> Void) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute { body(bound.value) }
    }

    let transport = "recording"
    let processID: Int32? = nil
    let recentErrorOutput: [String] = []
}
