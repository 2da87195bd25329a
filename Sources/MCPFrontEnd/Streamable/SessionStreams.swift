import MCPCore
import MCPGateway
import NIOCore

/// The streams of one session over streamable HTTP: which are open, and what can be sent again on them.
///
/// Stream 0 carries what belongs to no request; every request that is answered by a stream has one of its own.
/// Confined to the session's event loop.
final class SessionStreams: SessionOutlet, LoopConfined, @unchecked Sendable {
    private static let standalone = 0

    let eventLoop: any EventLoop
    private let limits: HTTPLimits
    private let version: ProtocolVersion
    private var log: EventLog
    private var lastStream = 0
    /// The open writers, by stream. Stream 0 may have several; the first one gets everything.
    private var writers: [Int: [EventStreamWriter]] = [:]
    /// Streams of requests that are still without an answer: a client may come back for them.
    private var unfinished: Set<Int> = []
    /// Up to where stream 0 has been written to somebody.
    private var lastTold = -1
    /// Whether no stream was open when that was last asked.
    private var wasAlone = false

    init(on eventLoop: any EventLoop, version: ProtocolVersion, limits: HTTPLimits, budget: ByteBudget) {
        self.eventLoop = eventLoop
        self.version = version
        self.limits = limits
        self.log = EventLog(
            maximumCount: limits.replayEvents, maximumBytes: limits.replayBytes,
            maximumBytesAway: limits.replayBytesAway, budget: budget)
    }

    // MARK: What belongs to no request

    var isOpen: Bool { writers[Self.standalone]?.isEmpty == false }

    func send(_ message: ByteBuffer) {
        checkConfinement()
        let id = log.append(message, to: Self.standalone, isReceived: isOpen)
        guard let writer = writers[Self.standalone]?.first else { return }
        lastTold = id.sequence
        writer.write(ServerSentEvent(data: message, id: id.text))
    }

    func close() {
        checkConfinement()
        for writer in writers.values.joined() { writer.end() }
        writers = [:]
        unfinished = []
        log.removeAll()
    }

    /// Whoever was not there twice in a row is away.
    func tidy() {
        checkConfinement()
        guard writers.isEmpty else { return }
        if wasAlone { log.clientIsAway() }
        wasAlone = true
    }

    private func clientIsBack() {
        wasAlone = false
        log.clientIsBack()
    }

    deinit {
        log.removeAll()
    }

    /// Holds what a client that opens or resumes a stream has missed, and whether more will come on it.
    struct Resumption {
        let stream: Int
        let missed: [EventLog.Entry]
        let goesOn: Bool
    }

    /// Finds what a GET asks for.
    func resumption(after lastEventID: String?) throws(Refusal) -> Resumption {
        checkConfinement()
        guard let lastEventID else {
            guard writers.values.joined().count < limits.maximumStreamsPerSession else {
                throw Refusal(.tooManyStreams, "too many streams are open in this session; close one first")
            }
            let missed = isOpen ? [] : log.entries(after: .init(stream: Self.standalone, sequence: lastTold))
            return Resumption(stream: Self.standalone, missed: missed, goesOn: true)
        }
        guard let id = EventLog.EventID(lastEventID), log.knows(id) else {
            throw Refusal(.malformed, "Last-Event-ID names no event of this session")
        }
        let goesOn = id.stream == Self.standalone || unfinished.contains(id.stream)
        return Resumption(stream: id.stream, missed: log.entries(after: id), goesOn: goesOn)
    }

    /// Attaches an open response to a stream and sends what was missed.
    func attach(_ writer: EventStreamWriter, _ resumption: Resumption) {
        checkConfinement()
        clientIsBack()
        if version.hasPrimingEvents, resumption.missed.isEmpty {
            let id = log.nextID(for: resumption.stream)
            writer.write(ServerSentEvent(id: id.text))
        }
        for entry in resumption.missed {
            writer.write(ServerSentEvent(data: entry.data, id: entry.id.text))
            if resumption.stream == Self.standalone { lastTold = max(lastTold, entry.id.sequence) }
        }
        log.releaseOversized(of: resumption.stream)
        if resumption.goesOn {
            if resumption.stream == Self.standalone {
                writers[resumption.stream, default: []].append(writer)
            } else {
                writers[resumption.stream] = [writer]
            }
        } else {
            writer.end()
        }
    }

    /// Notes that a stream's client has gone.
    func detach(_ writer: EventStreamWriter, from stream: Int) {
        checkConfinement()
        writers[stream]?.removeAll { $0 === writer }
        if writers[stream]?.isEmpty == true { writers[stream] = nil }
    }

    // MARK: Streams of requests

    /// Returns a number for the stream of a request.
    func nextStream() -> Int {
        checkConfinement()
        lastStream += 1
        return lastStream
    }

    /// Starts the stream of a request. Where clients understand it, it opens with an event without data, from which
    /// they can resume.
    func begin(_ stream: Int, _ writer: EventStreamWriter) {
        checkConfinement()
        clientIsBack()
        unfinished.insert(stream)
        writers[stream] = [writer]
        if version.hasPrimingEvents {
            let id = log.nextID(for: stream)
            writer.write(ServerSentEvent(id: id.text, retry: 1_000))
        }
    }

    func send(_ message: ByteBuffer, on stream: Int) {
        checkConfinement()
        let id = log.append(message, to: stream, isReceived: writers[stream]?.isEmpty == false)
        for writer in writers[stream] ?? [] { writer.write(ServerSentEvent(data: message, id: id.text)) }
    }

    /// Ends a request's stream, with its answer if there is one.
    func finish(_ stream: Int, _ answer: ByteBuffer?) {
        checkConfinement()
        if let answer { send(answer, on: stream) }
        unfinished.remove(stream)
        log.finish(stream)
        for writer in writers.removeValue(forKey: stream) ?? [] { writer.end() }
    }
}
