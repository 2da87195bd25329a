import Addresses
import Logging
import MCPCore
import NIOCore
import NIOPosix

@testable import MCPUpstream

enum HTTPLinkEvent: Sendable, Equatable {
    case opened
    case received(String, relatedTo: Int64?)
    case failed(Int64, UpstreamFailure)
    case lostSession(Int64?)
    case closed(UpstreamFailure)
}

/// A link on its event loop, driven by a test in place of the layer above.
final class HTTPLinkHarness: Sendable {
    /// The identifier of a request that was sent once more already.
    static let repeated: Int64 = 99

    let log = AwaitedLog<HTTPLinkEvent>()
    /// What the link has logged.
    let lines: AwaitedLog<String>
    let eventLoop: any EventLoop
    private let link: NIOLoopBoundBox<(any UpstreamLink)?>

    /// Opens a link. Its first report is not awaited.
    init(
        settings: HTTPLinkSettings = .forTests,
        _ make: @escaping @Sendable (HTTPConnectionPools, Logger) -> any UpstreamLink
    ) async throws {
        let lines = AwaitedLog<String>()
        self.lines = lines
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        self.eventLoop = eventLoop
        let link = NIOLoopBoundBox<(any UpstreamLink)?>.makeEmptyBox(
            valueType: (any UpstreamLink).self, eventLoop: eventLoop)
        self.link = link
        let log = self.log
        try await eventLoop.submit {
            let logger = Logger(label: "test") { _ in LineCollector(lines: lines) }
            let made = make(HTTPConnectionPools(eventLoop: eventLoop, settings: settings), logger)
            link.value = made
            made.open(LinkRecorder(log: log))
        }.get()
    }

    func run(_ body: @escaping @Sendable (any UpstreamLink) -> Void) async throws {
        try await eventLoop.submit { if let link = self.link.value { body(link) } }.get()
    }

    func send(_ message: String, as kind: OutgoingKind) async throws {
        try await run { $0.send(ByteBuffer(string: message), as: kind) }
    }

    func call(_ id: Int64) async throws {
        try await send(SentMessages.call(id), as: .request(id: id))
    }

    func close() async throws {
        try await run { $0.close() }
    }

    func next() async throws -> HTTPLinkEvent {
        try await log.next()
    }

    /// The failure of a request, skipping what comes before it.
    func failure(of id: Int64) async throws -> UpstreamFailure {
        while true {
            if case .failed(id, let failure) = try await log.next() { return failure }
        }
    }

    func closure() async throws -> UpstreamFailure {
        while true {
            if case .closed(let failure) = try await log.next() { return failure }
        }
    }
}

private final class LinkRecorder: UpstreamLinkReceiver {
    private let log: AwaitedLog<HTTPLinkEvent>

    init(log: AwaitedLog<HTTPLinkEvent>) {
        self.log = log
    }

    func linkOpened() { log.add(.opened) }
    func linkReceived(_ message: ByteBuffer, relatedTo id: Int64?) {
        log.add(.received(String(buffer: message), relatedTo: id))
    }
    func linkFailed(_ id: Int64, _ failure: UpstreamFailure) { log.add(.failed(id, failure)) }
    func linkLostSession(_ id: Int64?) { log.add(.lostSession(id)) }
    func mayBeRepeated(_ id: Int64) -> Bool { id != HTTPLinkHarness.repeated }
    func linkClosed(_ failure: UpstreamFailure) { log.add(.closed(failure)) }
}

extension HTTPLinkSettings {
    /// The defaults, with waits as short as they may be where a test has to wait for them.
    static var forTests: HTTPLinkSettings {
        var settings = HTTPLinkSettings()
        settings.streamRetryDelay = .milliseconds(10)
        settings.maximumStreamRetryDelay = .milliseconds(40)
        return settings
    }
}

extension HTTPLinkHarness {
    static func streamable(
        _ url: HTTPURL,
        headers: [(name: String, value: String)] = [],
        settings: HTTPLinkSettings = .forTests
    ) async throws -> HTTPLinkHarness {
        let harness = try await HTTPLinkHarness(settings: settings) {
            StreamableHTTPLink(url: url, headers: headers, within: .anywhere, pools: $0, logger: $1)
        }
        _ = try await harness.next()
        return harness
    }

    static func sse(
        _ url: HTTPURL,
        headers: [(name: String, value: String)] = [],
        settings: HTTPLinkSettings = .forTests
    ) async throws -> HTTPLinkHarness {
        try await HTTPLinkHarness(settings: settings) {
            SSELink(url: url, headers: headers, within: .anywhere, pools: $0, logger: $1)
        }
    }

    static func detecting(_ url: HTTPURL, memory: TransportMemory) async throws -> HTTPLinkHarness {
        try await HTTPLinkHarness {
            DetectingHTTPLink(url: url, headers: [], within: .anywhere, memory: memory, pools: $0, logger: $1)
        }
    }
}
