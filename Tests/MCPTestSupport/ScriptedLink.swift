package import MCPCore
package import MCPUpstream
package import NIOCore

/// A link in memory: it remembers what it was told to do, and a test says what the server does.
///
/// Confined to its event loop; that is what makes `@unchecked Sendable` true.
package final class ScriptedLink: UpstreamLink, @unchecked Sendable {
    /// One message that was sent to the server.
    package struct Sent: Sendable {
        package let message: Message
        package let kind: OutgoingKind
        package let mirrored: MirroredFields?
        /// What its client has sent in header fields for the server.
        package let brought: BroughtFields?
        /// Of which trace it says in header fields that it is a part.
        package let trace: TraceContext?
        package var text: String { message.bytes.text }
    }

    package let eventLoop: any EventLoop
    package let transport = "scripted"
    package var startsProcess = true
    package var processID: Int32?
    package var recentErrorOutput: [String] = []
    package var signsOfLife = 0
    package private(set) var sent: [Sent] = []
    package private(set) var abandoned: [Int64] = []
    package private(set) var version: ProtocolVersion?
    package private(set) var isOpened = false
    package private(set) var isClosed = false
    package private(set) var receiver: (any UpstreamLinkReceiver)?
    /// What it was told last of its client's header fields.
    package private(set) var brought: BroughtFields?
    /// What was sent that is no message at all: always a defect.
    package private(set) var unreadable: [String] = []
    /// Hears of each message when it is sent.
    package var whenSent: ((Sent) -> Void)?
    /// Hears once that the link is closed.
    package var whenClosed: (() -> Void)?

    package init(on eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    // MARK: UpstreamLink

    package func open(_ receiver: any UpstreamLinkReceiver) {
        self.receiver = receiver
        isOpened = true
    }

    package func pass(_ brought: BroughtFields) { self.brought = brought }

    /// Whether stateless requests carry a head, as over HTTP.
    package var mirrorsFields = false
    /// Whether messages go with header fields, as over HTTP.
    package var hasFields = false
    /// Whether the server was found to need no handshake.
    package private(set) var isStateless = false

    package func statelessServerFound() { isStateless = true }

    package func send(_ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?) {
        send(message, as: kind, mirrored: mirrored, bringing: nil)
    }

    package func send(
        _ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?, bringing brought: BroughtFields?,
        within trace: TraceContext?
    ) {
        let hasLineBreak = message.readableBytesView.contains { $0 == 0x0A || $0 == 0x0D }
        // Not a message: noted, so that the test fails.
        if !hasLineBreak, let read = try? Message(message, maximumDepth: 1_000, duplicateKeys: .accepted) {
            let message = Sent(message: read, kind: kind, mirrored: mirrored, brought: brought, trace: trace)
            sent.append(message)
            whenSent?(message)
        } else {
            unreadable.append(message.text)
        }
    }

    package func abandon(_ id: Int64) { abandoned.append(id) }

    package func handshakeCompleted(_ version: ProtocolVersion) { self.version = version }

    /// Whether the server's words about a session can be about this link's.
    package var hasSession = false
    package private(set) var lossesInWords: [String] = []

    package func sessionIsLost(accordingTo words: String, inAnswerTo id: Int64) -> Bool {
        if hasSession { lossesInWords.append(words) }
        return hasSession
    }

    package func close() {
        guard !isClosed else { return }
        isClosed = true
        let receiver = self.receiver
        self.receiver = nil
        whenClosed?()
        receiver?.linkClosed(UpstreamFailure(.closed, "the link was closed"))
    }

    // MARK: What the server does

    /// The server is there.
    package func openNow() { receiver?.linkOpened() }

    /// The server says something.
    package func receive(_ text: String, relatedTo id: Int64? = nil) {
        receiver?.linkReceived(ByteBuffer(string: text), relatedTo: id)
    }

    /// The server is there and accepts the handshake.
    package func completeHandshake(
        capabilities: String = #"{"tools":{"listChanged":true}}"#,
        version: String = "2025-11-25"
    ) {
        openNow()
        guard let id = lastRequestID(.initialize) else { return }
        let result =
            #"{"protocolVersion":"\#(version)","capabilities":\#(capabilities),"#
            + #""serverInfo":{"name":"scripted","version":"1"}}"#
        receive(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#)
    }

    /// The server is there and says that it needs no handshake.
    package func completeDiscovery(capabilities: String = #"{"tools":{"listChanged":true}}"#) {
        if !isOpening { openNow() }
        guard let id = lastRequestID(.serverDiscover) else { return }
        let result =
            #"{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":\#(capabilities),"#
            + #""ttlMs":0,"cacheScope":"private","#
            + #""_meta":{"io.modelcontextprotocol/serverInfo":{"name":"scripted","version":"1"}}}"#
        receive(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#)
    }

    private var isOpening: Bool { !sent.isEmpty }

    /// The server answers a request.
    package func answer(_ id: Int64, result: String = "{}") {
        receive(#"{"jsonrpc":"2.0","id":\#(id),"result":\#(result)}"#)
    }

    /// The connection breaks.
    package func breakDown(_ failure: UpstreamFailure = UpstreamFailure(.processEnded, "it ended")) {
        isClosed = true
        let receiver = self.receiver
        self.receiver = nil
        receiver?.linkClosed(failure)
    }

    /// Nothing more can be sent.
    package func end() { receiver?.linkEnding() }

    /// One request is refused.
    package func fail(_ id: Int64, _ failure: UpstreamFailure) { receiver?.linkFailed(id, failure) }

    /// All that comes in answer to a request has come.
    package func endAnswer(_ id: Int64) { receiver?.linkAnswerEnded(id) }

    /// The server has forgotten the session.
    package func loseSession(_ id: Int64?) { receiver?.linkLostSession(id) }

    // MARK: What was sent

    package func requests(_ method: MCPCore.Method) -> [Sent] {
        sent.filter { $0.message.kind == .request && $0.message.method == method }
    }

    package func notifications(_ method: MCPCore.Method) -> [Sent] {
        sent.filter { $0.message.kind == .notification && $0.message.method == method }
    }

    /// The answers to the server's own requests.
    package var responses: [Sent] { sent.filter { $0.kind == .response } }

    /// The identifiers of all requests but the handshake, in the order sent.
    package var callIDs: [Int64] {
        sent.compactMap { sent in
            guard case .request(let id) = sent.kind, sent.message.method != .initialize,
                sent.message.method != .serverDiscover
            else { return nil }
            return id
        }
    }

    /// The identifier of the last request of a method.
    package func lastRequestID(_ method: MCPCore.Method) -> Int64? {
        guard case .request(let id)? = requests(method).last?.kind else { return nil }
        return id
    }
}

/// Makes scripted links and keeps them for the test to use.
///
/// Used on one thread at a time; that is what makes `@unchecked Sendable` true.
package final class ScriptedLinks: @unchecked Sendable {
    package private(set) var links: [ScriptedLink] = []
    /// Whether the links pass for processes, which are costly to start, or for remote servers.
    package var startProcesses = true

    package init() {}

    /// What an upstream is given to make its links.
    package var factory: Upstream.LinkFactory {
        { [self] eventLoop in
            let link = ScriptedLink(on: eventLoop)
            link.startsProcess = startProcesses
            links.append(link)
            return link
        }
    }

    /// The newest link.
    ///
    /// - Throws: `NoLink` when none was made yet.
    package var link: ScriptedLink {
        get throws {
            guard let link = links.last else { throw NoLink() }
            return link
        }
    }

    /// No link has been made.
    package struct NoLink: Error {
        package init() {}
    }
}
