import MCPCore
import MCPTestSupport
import NIOCore

@testable import MCPUpstream

/// One upstream on a manual event loop, with scripted links below and recorders above.
struct UpstreamHarness {
    let eventLoop: ManualEventLoop
    let server = ScriptedLinks()
    let recorder = UpstreamRecorder()
    let memory: EraMemory
    let upstream: Upstream

    /// - Parameter era: How the server is to be spoken to; the handshake is completed as ever unless it says otherwise.
    init(
        on eventLoop: ManualEventLoop = ManualEventLoop(),
        era: EraChoice = .always(.legacy),
        memory: EraMemory = EraMemory(),
        startsProcesses: Bool = true,
        circuit: CircuitBreaker? = nil,
        _ configure: (inout UpstreamLimits) -> Void = { _ in }
    ) {
        self.eventLoop = eventLoop
        self.memory = memory
        server.startProcesses = startsProcesses
        var limits = UpstreamLimits()
        configure(&limits)
        upstream = Upstream(
            on: eventLoop,
            declaration: ClientDeclaration(clientInfo: ByteBuffer(string: #"{"name":"test","version":"1"}"#)),
            era: era,
            memory: memory,
            limits: limits,
            circuit: circuit ?? CircuitBreaker(limits.circuit(startsProcesses: startsProcesses)),
            makeLink: server.factory
        )
        eventLoop.perform { [upstream, recorder] in upstream.start(reportingTo: recorder) }
    }

    var link: ScriptedLink { get throws { try server.link } }

    func onLink(_ body: (ScriptedLink) throws -> Void) throws {
        let link = try server.link
        try eventLoop.perform { try body(link) }
    }

    /// Completes the newest link's handshake.
    func becomeReady() throws {
        try onLink { $0.completeHandshake() }
    }

    /// Sends a request and returns who hears of it, and its identifier.
    func call(
        _ text: String = #"{"jsonrpc":"2.0","id":"client","method":"tools/call","params":{"name":"t"}}"#,
        isForClient: Bool = true
    ) throws -> (ExchangeRecorder, Int64) {
        try call(OutgoingRequest(Message(text)), isForClient: isForClient)
    }

    /// Sends a request in the form that it is to have.
    func call(_ request: OutgoingRequest, isForClient: Bool = true) throws -> (ExchangeRecorder, Int64) {
        let recorder = ExchangeRecorder(request, isForClient: isForClient)
        let id = eventLoop.perform {
            let id = upstream.makeID()
            upstream.exchange(recorder, id: id)
            return id
        }
        return (recorder, id)
    }

    func cancel(_ id: Int64, reason: String = "test") {
        eventLoop.perform { upstream.cancel(id, reason: reason) }
    }

    var isReady: Bool { if case .ready = upstream.state { true } else { false } }
    var isWaiting: Bool { if case .waiting = upstream.state { true } else { false } }
    var isStarting: Bool { if case .starting = upstream.state { true } else { false } }

    /// Lets the newest link fail for good until the upstream waits longer than calls may wait.
    func failUntilFar(_ failure: UpstreamFailure = UpstreamFailure(.notReachable, "refused")) throws {
        for _ in 0..<8 {
            for _ in 0..<120 where isWaiting { eventLoop.advance(by: .seconds(1)) }
            try onLink { $0.breakDown(failure) }
        }
    }
}
