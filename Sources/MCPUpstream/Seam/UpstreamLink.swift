package import MCPCore
package import NIOCore

/// Says what a link has to know of a message that it sends.
package enum OutgoingKind: Sendable, Equatable {
    /// A request with the identifier we gave it. Exactly one answer or failure is reported for it.
    case request(id: Int64)
    case notification
    /// The answer to a request of the server.
    case response
}

/// One transport binding to one server: a process's pipes, or HTTP requests.
///
/// A link carries whole messages and knows nothing of what they mean. All calls are made, and all reports are
/// given, on its event loop. It is used once: opened, used, closed.
package protocol UpstreamLink: AnyObject {
    var eventLoop: any EventLoop { get }

    /// Says for whose calls alone it is there, before it is opened.
    func isOnBehalf(of caller: String)

    /// Sends these header fields of its client from now on with all that has none of its own, besides those that are
    /// configured.
    func pass(_ brought: BroughtFields)

    /// What its client sends in header fields with all that has none of its own.
    var brought: BroughtFields? { get }

    /// What it shows that nobody else is to read, in all the ways in which servers repeat it.
    var secrets: [String] { get }

    /// Starts the process or prepares the connection. Ends in `linkOpened` or `linkClosed`.
    func open(_ receiver: any UpstreamLinkReceiver)

    /// Sends one message, on one line, in the order of the calls.
    ///
    /// - Parameter head: What a stateless request carries in header fields; nil for all else, and where
    ///   `mirrorsFields` is false.
    func send(_ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?)

    /// Sends the same with the header fields of its client's request, whatever others the link is told before it goes out.
    ///
    /// - Parameter trace: Of which trace it says in header fields that it is a part; nil for none.
    func send(
        _ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?, bringing brought: BroughtFields?,
        within trace: TraceContext?)

    /// Says that nobody waits for this request's answer any more. The link may free what it holds for it; it must
    /// not report anything more for it.
    func abandon(_ id: Int64)

    /// Says that the handshake is complete, so that a transport can state the revision and listen for what the
    /// server says unasked.
    func handshakeCompleted(_ version: ProtocolVersion)

    /// Says that the server needs no handshake.
    func statelessServerFound()

    /// Takes note that the answer to a request says, in the server's own words, that it does not know the session.
    ///
    /// - Returns: whether the link has a session that can be meant, and nothing shows that the request was read.
    func sessionIsLost(accordingTo words: String, inAnswerTo id: Int64) -> Bool

    /// Ends the link and frees everything. `linkClosed` follows exactly once, unless it has come before.
    func close()

    /// The transport in a word for people: `stdio`, `sse`, `streamable-http`, or `http` while it is not known.
    var transport: String { get }

    /// Keeps what the server sent instead of a message where an operator will look for it.
    func noteJunk(_ bytes: ByteBuffer)

    /// Keeps what the server sent as the answer to a request, and why it cannot be read, in the same place.
    func noteBrokenAnswer(_ bytes: ByteBuffer, _ reason: String)

    /// Whether opening the link starts a process.
    var startsProcess: Bool { get }

    /// Whether a server without a handshake can be behind it.
    var mayBeStateless: Bool { get }

    /// Whether stateless requests carry a head, and are cancelled by being abandoned alone.
    var mirrorsFields: Bool { get }

    /// Whether a message goes with header fields.
    var hasFields: Bool { get }

    /// The process identifier, where there is a process.
    var processID: Int32? { get }

    /// How often a process has written to standard error: it is at work, whatever it does.
    var signsOfLife: Int { get }

    /// The last lines of a process's standard error; empty elsewhere.
    var recentErrorOutput: [String] { get }
}

extension UpstreamLink {
    package var startsProcess: Bool { false }
    package var mayBeStateless: Bool { true }
    package var signsOfLife: Int { 0 }
    package var mirrorsFields: Bool { false }
    package var hasFields: Bool { mirrorsFields }

    package func isOnBehalf(of caller: String) {}
    package func pass(_ brought: BroughtFields) {}
    package var brought: BroughtFields? { nil }
    package var secrets: [String] { [] }

    /// Returns words of the server's without what the link shows.
    package func hidingCredentials(in words: String) -> String { SecretMask.hiding(secrets, inStartOf: words) }

    package func statelessServerFound() {}
    package func sessionIsLost(accordingTo words: String, inAnswerTo id: Int64) -> Bool { false }

    /// Sends the message alone: where there are no header fields, nothing goes in them.
    package func send(
        _ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?, bringing brought: BroughtFields?,
        within trace: TraceContext?
    ) {
        send(message, as: kind, mirrored: mirrored)
    }

    /// Sends a message that is a part of no trace.
    package func send(
        _ message: ByteBuffer, as kind: OutgoingKind, mirrored: MirroredFields?, bringing brought: BroughtFields?
    ) {
        send(message, as: kind, mirrored: mirrored, bringing: brought, within: nil)
    }

    /// Sends a message that has no head.
    package func send(_ message: ByteBuffer, as kind: OutgoingKind) {
        send(message, as: kind, mirrored: nil)
    }

    package func noteJunk(_ bytes: ByteBuffer) {}
    package func noteBrokenAnswer(_ bytes: ByteBuffer, _ reason: String) { noteJunk(bytes) }
}

/// Hears what a link receives. Called on the link's event loop.
package protocol UpstreamLinkReceiver: AnyObject {
    func linkOpened()

    /// Takes one message from the server, or a batch.
    ///
    /// - Parameter relatedTo: The request on whose response stream the message came, where the transport tells.
    func linkReceived(_ message: ByteBuffer, relatedTo id: Int64?)

    /// This request gets no answer, but the link lives on.
    func linkFailed(_ id: Int64, _ failure: UpstreamFailure)

    /// All that comes in answer to this request has been reported: who still waits waits in vain.
    func linkAnswerEnded(_ id: Int64)

    /// The server does not know our session any more: this request was refused unread.
    func linkLostSession(_ id: Int64?)

    /// Tells whether a request that the server says it has not read is sent once more; else what it says is the answer.
    func mayBeRepeated(_ id: Int64) -> Bool

    /// Nothing more can be sent; answers may still come, and `linkClosed` follows soon.
    func linkEnding()

    /// The link is of no more use; every request that has no answer yet has failed.
    func linkClosed(_ failure: UpstreamFailure)
}

extension UpstreamLinkReceiver {
    package func linkEnding() {}
    package func linkAnswerEnded(_ id: Int64) {}
}
