import MCPCore
import MCPTestSupport
import NIOCore
import NIOPosix

@testable import MCPUpstream

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One real process on a real event loop, and what its link reports.
final class StdioHarness: Sendable {
    enum Report: Sendable, Equatable {
        case opened
        case received(String)
        case failed(Int64, UpstreamFailure)
        case closed(UpstreamFailure)
    }

    let log = EventQueue<Report>()
    let eventLoop: any EventLoop
    private let link: NIOLoopBound<StdioLink>
    /// Kept here because a link does not keep its receiver alive.
    private let receiver: Receiver

    /// The built program, which stands guard over process trees. Some tests need it.
    static var guardExecutable: String? {
        unsafe getenv("MCP_PROXY_BINARY").map { unsafe String(cString: $0) }
    }

    /// Starts a shell script.
    convenience init(sh script: String, _ configure: (inout StdioSettings) -> Void = { _ in }) async throws {
        var settings = StdioSettings(command: "sh", arguments: ["-c", script])
        settings.stopTimeout = .seconds(2)
        configure(&settings)
        try await self.init(settings)
    }

    init(_ settings: StdioSettings) async throws {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let receiver = Receiver(log: log)
        self.eventLoop = eventLoop
        self.receiver = receiver
        link = try await eventLoop.submit {
            let link = StdioLink(settings, on: eventLoop)
            link.open(receiver)
            return NIOLoopBound(link, eventLoop: eventLoop)
        }.get()
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable (StdioLink) -> Value) async throws -> Value {
        try await eventLoop.submit { [link] in body(link.value) }.get()
    }

    func send(_ text: String, as kind: OutgoingKind = .notification) async throws {
        try await run { $0.send(ByteBuffer(string: text), as: kind) }
    }

    func close() async throws {
        try await run { $0.close() }
    }

    func next() async throws -> Report {
        try await log.next()
    }

    /// Waits until the link is open.
    ///
    /// - Throws: `NotOpened`, which says what came instead.
    func expectOpened() async throws {
        let report = try await log.next()
        guard report == .opened else { throw NotOpened(instead: report) }
    }

    struct NotOpened: Error { let instead: Report }

    /// How the link ended; what came before is dropped.
    func ending() async throws -> UpstreamFailure {
        while true {
            if case .closed(let failure) = try await log.next() { return failure }
        }
    }

    func processID() async throws -> Int32? {
        try await run { $0.processID }
    }

    func errorOutput() async throws -> [String] {
        try await run { $0.recentErrorOutput }
    }

    private final class Receiver: UpstreamLinkReceiver, Sendable {
        private let log: EventQueue<Report>

        init(log: EventQueue<Report>) {
            self.log = log
        }

        func linkOpened() { log.add(.opened) }
        func linkReceived(_ message: ByteBuffer, relatedTo id: Int64?) { log.add(.received(String(buffer: message))) }
        func linkFailed(_ id: Int64, _ failure: UpstreamFailure) { log.add(.failed(id, failure)) }
        func linkLostSession(_ id: Int64?) {}
        func mayBeRepeated(_ id: Int64) -> Bool { false }
        func linkClosed(_ failure: UpstreamFailure) { log.add(.closed(failure)) }
    }
}

/// What a test can see of processes and descriptors from outside.
enum ProcessTable {
    /// Whether a process is there and no zombie.
    static func isAlive(_ id: Int32) -> Bool {
        guard kill(id, 0) == 0 else { return false }
        return state(of: id) != "Z"
    }

    /// The state letter in /proc; nil where there is no such process, or no /proc.
    static func state(of id: Int32) -> Character? {
        guard let text = read("/proc/\(id)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        return text[end...].dropFirst(2).first
    }

    /// The processes whose parent is this one.
    static func children() -> Set<Int32> {
        guard let text = read("/proc/self/task/\(getpid())/children") else { return [] }
        return Set(text.split(separator: " ").compactMap { Int32($0) })
    }

    /// How many descriptors this process has open.
    static func openDescriptors() -> Int {
        (0..<Int32(4_096)).count { fcntl($0, F_GETFD) != -1 }
    }

    private static func read(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = unsafe Glibc.read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }

    /// Waits until something outside of this process holds, asking again whenever the event loop comes round.
    static func eventually(_ limit: Duration = .seconds(10), _ holds: @Sendable () -> Bool) async -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + limit
        while !holds() {
            if clock.now >= end { return false }
            // There is no event to wait for: the kernel does not tell of other processes' ends.
            try? await clock.sleep(for: .milliseconds(5))
        }
        return true
    }
}
