import MCPCore
import MCPUpstream
import NIOCore
import Synchronization

/// A server in memory that answers by itself, without sessions.
///
/// Confined to its event loop, but for what it was sent; that is what makes `@unchecked Sendable` true.
final class AnsweringLink: UpstreamLink, @unchecked Sendable {
    let eventLoop: any EventLoop
    let transport = "answering"
    let processID: Int32? = nil
    let recentErrorOutput: [String] = []
    private let seen: SeenRequests
    private weak var receiver: (any UpstreamLinkReceiver)?

    init(on eventLoop: any EventLoop, _ seen: SeenRequests) {
        self.eventLoop = eventLoop
        self.seen = seen
    }

    func open(_ receiver: any UpstreamLinkReceiver) {
        self.receiver = receiver
        eventLoop.execute { [weak self] in self?.receiver?.linkOpened() }
    }

    func send(_ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?) {
        seen.add(String(buffer: message))
        // Our own text is a message by construction.
        guard case .request(let id) = kind, let request = try? Message(message) else { return }
        let capabilities = #"{"tools":{"listChanged":true},"resources":{"subscribe":true}}"#
        switch request.method {
        case .serverDiscover:
            say(
                #"{"jsonrpc":"2.0","id":\#(id),"result":{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":\#(capabilities)}}"#
            )
        case .toolsCall: answerCall(request, id)
        case .subscriptionsListen:
            let notifications = request.params?["notifications"]?.bytes ?? ByteBuffer(string: "{}")
            say(
                #"{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":\#(id)},"notifications":\#(String(buffer: notifications))}}"#
            )
        case .toolsList: say(#"{"jsonrpc":"2.0","id":\#(id),"result":{"resultType":"complete","tools":[]}}"#)
        default: say(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32601,"message":"Method not found"}}"#)
        }
    }

    private func answerCall(_ request: Message, _ id: Int64) {
        switch request.view(request.envelope.name)?.string {
        case "silent": return
        case "progress":
            say(#"{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":\#(id),"progress":1}}"#)
        case "capability":
            return say(
                #"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32021,"message":"m","data":{"requiredCapabilities":{"sampling":{}}}}}"#
            )
        case "parameters": return say(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32602,"message":"m"}}"#)
        default: break
        }
        say(#"{"jsonrpc":"2.0","id":\#(id),"result":{"resultType":"complete","content":[]}}"#)
    }

    private func say(_ text: String) {
        eventLoop.execute { [weak self] in self?.receiver?.linkReceived(ByteBuffer(string: text), relatedTo: nil) }
    }

    func abandon(_ id: Int64) {}

    func handshakeCompleted(_ version: ProtocolVersion) {}

    func close() {
        let receiver = self.receiver
        self.receiver = nil
        receiver?.linkClosed(UpstreamFailure(.closed, "the link was closed"))
    }
}
