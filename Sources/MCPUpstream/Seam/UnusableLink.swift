import MCPCore
import NIOCore

/// The link to a server that cannot be started as it is configured: it ends as soon as it is opened, and says why.
final class UnusableLink: UpstreamLink {
    let eventLoop: any EventLoop
    private let failure: UpstreamFailure
    private var receiver: (any UpstreamLinkReceiver)?

    init(_ failure: UpstreamFailure, on eventLoop: any EventLoop) {
        self.failure = failure
        self.eventLoop = eventLoop
    }

    func open(_ receiver: any UpstreamLinkReceiver) {
        self.receiver = receiver
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.execute { bound.value.close() }
    }

    func close() {
        let receiver = receiver
        self.receiver = nil
        receiver?.linkClosed(failure)
    }

    func send(_ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?) {}
    func abandon(_ id: Int64) {}
    func handshakeCompleted(_ version: ProtocolVersion) {}

    let transport = "none"
    /// To try it again is of no use to a caller, as with a program.
    let startsProcess = true
    let processID: Int32? = nil
    let recentErrorOutput: [String] = []
}
