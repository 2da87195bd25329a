import MCPCore
import MCPUpstream
import NIOCore
import Recordings
import ToolPins
import Traces

/// Step 12 of 17 of a call: after ``Upstream``, before ``Connection``; from step 4 on it is what is handed on.
///
/// One request of a client on its way to a server and back, translated where the two speak different eras.
///
/// Created on the caller's event loop and handed to the connection's, to which its variables belong; everything else is
/// constant.
final class Exchange: ExchangeReceiver, LoopConfined, @unchecked Sendable {
    let request: Message
    let caller: any Caller
    /// Where it goes, and what was known of that when it was begun.
    let leg: OpenLeg
    let started: NIODeadline
    /// The `Mcp-Param-*` fields that a client sent, lower-case names.
    private let parameters: [(name: String, value: String)]
    /// What the client's request says in header fields that are for the server.
    let passed: PassedFields
    /// Which of the client's requests it is.
    let origin: RequestOrigin
    /// The span of the client's request; nil where none is kept.
    let span: RequestSpan?
    /// That of what was sent last, until it is answered.
    var openSpan: OpenSpan?

    /// Under which the client asked, and hears of progress.
    let clientID: RequestID
    let progressToken: RequestID?

    /// The identifier at the server, once it was sent or queued.
    var upstreamID: Int64?
    /// Whether it counts as in flight for its caller.
    var hasTurn = false
    /// Whether its connection is kept for it.
    var holdsConnection = false
    /// Set when nobody waits for the answer any more.
    var isCancelled = false
    /// The level that the server is to be told instead of the requested one.
    var mergedLevel: LogLevel?
    /// What the server has asked for in results.
    private(set) lazy var rounds = InputRounds(self)
    private var hasRefreshedCatalog = false
    /// Set when its turn came and it was no longer certain that this may be asked.
    private var awaitsLists = false
    /// When it was found that this may be asked.
    var moment: Connection.MomentOfLists?
    /// The places of what was not approved in the list that the server has answered.
    private var withheld: Set<Int> = []

    /// How long the answer to a call that wants log messages waits for those that a server has sent on a stream of their
    /// own before it answered: which of the two arrives first is chance, and after the answer nothing can be told.
    private static let lateLogMessages = TimeAmount.milliseconds(50)

    init(
        _ request: Message,
        id: RequestID,
        from origin: RequestOrigin,
        caller: any Caller,
        leg: OpenLeg,
        parameters: [(name: String, value: String)] = [],
        passed: PassedFields,
        span: RequestSpan? = nil
    ) {
        self.span = span
        self.origin = origin
        self.passed = passed
        self.request = request
        self.clientID = id
        self.progressToken = request.progressToken
        self.caller = caller
        self.started = caller.eventLoop.now
        self.leg = leg
        self.parameters = parameters
    }

    var connection: Connection { leg.connection }
    var eventLoop: any EventLoop { connection.eventLoop }
    var brought: BroughtFields? { connection.server.brought(passed) }
    var recordedOrigin: RecordingTap.Origin? {
        RecordingTap.Origin(request: origin.number.text, principal: caller.principal.name)
    }
    /// Whether everybody gets the same who asks for it where the caller does.
    private var isShared: Bool { caller.principal == .anonymous }
    /// From which level on the client wants log messages that belong to this exchange.
    var logLevel: LogLevel? { leg.logLevel }

    // MARK: On the connection's event loop

    func request(for introduction: Introduction) -> OutgoingRequest? {
        checkConfinement()
        guard introduction.era == leg.era else { return nil }
        awaitsLists = !connection.mayStill(request, since: moment)
        guard !awaitsLists else { return nil }
        var outgoing = OutgoingRequest(request)
        outgoing.brought = brought
        let trace = tellTrace(introduction)
        outgoing.trace = trace.fields
        switch (caller.era, leg.era) {
        case (.legacy, .legacy):
            if let mergedLevel, let range = request.envelope.level {
                outgoing.edits = [Edit(range, .bytes(ByteBuffer(string: "\"\(mergedLevel.rawValue)\"")))]
            }
            if trace.change != nil { outgoing.edits += request.edits(trace.change) }
        case (.legacy, .modern):
            outgoing.edits =
                leg.metadata?.edits(for: request, logLevel: logLevel, more: rounds.members, besides: trace.change) ?? []
            outgoing.parameters = connection.headerMarks.parameters(for: request, received: [])
        case (.modern, .legacy): outgoing.edits = RequestBridge.toLegacy(request, besides: trace.change)
        case (.modern, .modern):
            outgoing.parameters = connection.headerMarks.parameters(for: request, received: parameters)
            outgoing.edits = request.edits(trace.change)
        }
        return outgoing
    }

    func exchangeProgressed(_ notification: Message) {
        checkConfinement()
        caller.eventLoop.runNowOrLater { [self] in caller.deliver(notification, from: leg.connection.server, for: self)
        }
    }

    func exchangeAnswered(_ answer: Message) {
        checkConfinement()
        if openSpan != nil { endSpan { $0.describe(answer: answer) } }
        do throws(Refusal) {
            withheld = try whatIsWithheld(of: answer)
        } catch {
            return finish(.refused(error))
        }
        switch (caller.era, leg.era) {
        case (.legacy, .legacy):
            // "Method not found" says neither which server nor what it lacks.
            if request.method == .resourcesSubscribe, answer.errorCode == .methodNotFound,
                let words = connection.whyNoSubscription
            {
                return finish(.refused(Refusal(.methodNotFound, words)))
            }
            finish(.passed(answer, listEdits(answer, dropsInvalidMarks: false)))
        case (.legacy, .modern):
            if refreshesCatalog(after: answer) { return }
            switch AnswerBridge.toLegacy(answer, of: request.method) {
            case .passes(let edits): finish(.passed(answer, edits + listEdits(answer, dropsInvalidMarks: true)))
            case .asks(let result): rounds.begin(result)
            case .fails(let refusal): finish(.refused(refusal))
            }
        case (.modern, .legacy):
            let edits = AnswerBridge.toModern(answer, of: request, from: connection, isShared: isShared)
            let passed = Answer.passed(answer, edits + listEdits(answer, dropsInvalidMarks: true))
            guard logLevel != nil, connection.hearsOnAnotherStream else { return finish(passed) }
            connection.eventLoop.scheduleTask(in: Self.lateLogMessages) { [self] in
                if !isCancelled { finish(passed) }
            }
        case (.modern, .modern):
            if refreshesCatalog(after: answer) { return }
            let edits = AnswerBridge.toSame(answer, of: request, isShared: isShared)
            finish(.passed(answer, edits + listEdits(answer, dropsInvalidMarks: true)))
        }
    }

    func exchangeFailed(_ failure: UpstreamFailure) {
        checkConfinement()
        if openSpan != nil { endSpan { $0.fail(failure.code == .timedOut ? "timeout" : failure.code.rawValue) } }
        if awaitsLists, failure.code == .eraChanged {
            awaitsLists = false
            upstreamID = nil
            return connection.sendAgain(self)
        }
        if let demand = connection.server.loginDemand(failure, of: caller.principal) {
            return finish(.login(demand, opensURLs: caller.capabilities.contains(.urlElicitation)))
        }
        connection.server.callFailed(failure, passed, in: origin)
        finish(.failure(failure))
    }

    /// Ends the exchange; the server may not have.
    func finish(_ answer: Answer) {
        checkConfinement()
        connection.finish(self, answer)
    }

    /// Tells that nobody waits any more.
    func cancelled() {
        checkConfinement()
        if openSpan != nil { endSpan { $0.fail("cancelled") } }
        isCancelled = true
        rounds.abandon()
    }

    /// Returns the places in a list of what was not approved.
    private func whatIsWithheld(of answer: Message) throws(Refusal) -> Set<Int> {
        guard answer.kind == .result, let kind = CatalogKind(of: request.method).flatMap(PinKind.init) else {
            return []
        }
        let isFirst = request.params?["cursor"] == nil
        let page = try connection.server.pins.judge(kind, in: answer, isFirst: isFirst, on: connection.key)
        if page.isWhole { connection.listWasSeen(kind, since: moment) }
        return page.withheld
    }

    /// Returns what has to be cut out of a list.
    private func listEdits(_ answer: Message, dropsInvalidMarks: Bool) -> [Edit] {
        guard answer.kind == .result, let kind = CatalogKind(of: request.method), PinKind(kind) != nil else {
            return []
        }
        guard kind == .tools else {
            guard !withheld.isEmpty, let result = answer.view(answer.envelope.result) else { return [] }
            return result.edits(ofList: kind) { [withheld] place, _ in !withheld.contains(place) }
        }
        return connection.headerMarks.edits(
            ofList: answer,
            filter: leg.offer.member?.toolFilter,
            dropsInvalidMarks: dropsInvalidMarks,
            withheld: withheld
        )
    }

    /// The server says that header fields are missing or wrong: its tools may have changed since they were listed, so
    /// they are listed again and the call is sent once more
    /// ([client behavior, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#client-behavior)).
    private func refreshesCatalog(after answer: Message) -> Bool {
        guard answer.kind == .error, request.method == .toolsCall, !hasRefreshedCatalog, !isCancelled,
            answer.errorCode == .headerMismatch
        else { return false }
        hasRefreshedCatalog = true
        upstreamID = nil
        connection.refreshCatalog { [self] in connection.sendAgain(self) }
        return true
    }
}
