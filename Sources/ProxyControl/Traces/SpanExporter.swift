import Addresses
package import Logging
import MCPUpstream
package import Metrics
package import NIOCore
package import ProxyConfiguration
import Synchronization
package import Traces

/// Sends spans to a collector, some at a time, beside all calls: one that hangs or is away disturbs nothing, and what it
/// does not take is dropped, counted and told of now and then.
package final class SpanExporter: Sendable {
    /// How long the end of a run waits until all is sent.
    private static let longestEnd = Duration.seconds(5)
    private static let longestPause = 30.0
    /// How often it is said that spans were lost.
    private static let reminder = Duration.seconds(60)
    /// How much of an answer is read.
    private static let longestAnswer = 64 << 10

    /// What was told of spans that were lost.
    private struct Told {
        var lost: UInt64 = 0
        var at: ContinuousClock.Instant?
        /// Why some were lost since then; nil where that is for want of room.
        var reason: String?
    }

    package let tracer: Tracer
    private let settings: TraceSettings
    private let queue: SpanQueue
    private let export: TraceExport
    private let egress: HTTPEgress
    private let eventLoop: any EventLoop
    private let dropped: Counter
    private let logger: Logger
    private let full: EventCount
    private let ending = EventCount()
    private let ended = EventCount()
    private let told = Mutex(Told())
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// - Parameters:
    ///   - settings: How; warnings have been told.
    ///   - egress: Whom to believe, and which way to go.
    ///   - dropped: Where spans are counted that no collector has taken.
    init(_ settings: TraceSettings, egress: HTTPEgress, dropped: Counter, on eventLoop: any EventLoop, logger: Logger) {
        self.settings = settings
        self.egress = egress
        self.dropped = dropped
        self.eventLoop = eventLoop
        self.logger = logger
        let full = EventCount()
        self.full = full
        queue = SpanQueue(maximumCount: settings.maximumQueued, batch: settings.batch, dropped: dropped) { full.note() }
        export = TraceExport(resource: settings.resource, version: ProgramVersion.text)
        tracer = Tracer(settings.sampler, queue: queue)
        setClock()
    }

    /// What the environment asks for; nil where it asks for no traces. What is wrong with it is told.
    ///
    /// - Parameter variable: The value of a variable; nil where it is not set.
    package convenience init?(
        named variable: @escaping (String) -> String?, _ proxy: ProxySettings, _ meters: Meters,
        on eventLoop: any EventLoop, logger: Logger
    ) {
        var variables = TraceVariables(variable)
        let settings = variables.settings()
        for warning in variables.warnings { logger.warning("\(warning)") }
        guard let settings else { return nil }
        var way = ServerEgress()
        way.trustedCAFile = settings.certificateFile
        self.init(
            settings, egress: EgressRules.ofProcess.egress(way, trustedCAFile: proxy.trustedCAFile),
            dropped: meters.droppedSpans, on: eventLoop, logger: logger)
        logger.notice("traces are sent", metadata: ["collector": "\(settings.shownEndpoint)"])
    }

    /// Begins to send.
    package func begin() {
        // Nobody waits for it but ``end()``, which ends it as well.
        task.withLock { $0 = $0 ?? Task { await run() } }
    }

    /// Sends what is left, as far as that does not take long, and ends.
    package func end() async {
        guard let task = task.withLock({ $0 }) else { return }
        ending.note()
        await Race.first({ await self.ended.wait(past: 0) }, { await Self.pause(Self.longestEnd) })
        task.cancel()
        await task.value
        var left = 0
        while case let batch = queue.take(), !batch.isEmpty { left += batch.count }
        if left > 0 { lose(left, "the run has ended") }
    }

    // MARK: Sending

    private var isEnding: Bool { ending.current > 0 }

    private func run() async {
        while !Task.isCancelled {
            let (seen, isLast) = (full.current, isEnding)
            setClock()
            repeat {
                let batch = queue.take()
                if batch.isEmpty { break }
                await send(batch)
            } while !Task.isCancelled && (isLast || queue.count >= settings.batch)
            tellOfLost()
            if isLast { break }
            await Race.first(
                { await Self.pause(self.settings.delay) },
                { await self.full.wait(past: seen) },
                { await self.ending.wait(past: 0) })
        }
        ended.note()
    }

    /// Takes the time of day anew: it may have been set, or the machine may have slept.
    private func setClock() { tracer.set(Int64(WallClock.now * 1_000_000_000), at: .now()) }

    private func send(_ batch: [ByteBuffer]) async {
        let message = export.message(batch)
        let end = ContinuousClock.now + settings.exportTimeout
        var pause = 1.0
        while true {
            switch await ask(message, until: end) {
            case .taken(let rejected):
                if rejected > 0 { lose(min(rejected, batch.count), "the collector has not taken them") }
                return
            case .refused(let words): return lose(batch.count, words)
            case .later(let seconds, let words):
                let wait = Duration.seconds(seconds.map(Double.init) ?? pause * .random(in: 0.8...1.2))
                pause = min(pause * 2, Self.longestPause)
                guard !Task.isCancelled, !isEnding, ContinuousClock.now + wait < end else {
                    return lose(batch.count, words)
                }
                await Race.first({ await Self.pause(wait) }, { await self.ending.wait(past: 0) })
            }
        }
    }

    private func ask(_ message: ByteBuffer, until end: ContinuousClock.Instant) async -> ExportVerdict {
        var call = HTTPCall(.post, settings.endpoint)
        call.body = message
        call.mediaType = TraceExport.mediaType
        call.headers = settings.headers
        call.maximumBytes = Self.longestAnswer
        call.egress = egress
        let left = min(settings.timeout, end - .now)
        call.timeout = .nanoseconds(max(1, Int64(left / .nanoseconds(1))))
        do {
            let answer = try await call.send(on: eventLoop)
            return ExportVerdict(
                status: answer.status, contentType: answer.contentType, retryAfter: answer.retryAfter, answer.body)
        } catch {
            return .later(seconds: nil, error.logDetail)
        }
    }

    private static func pause(_ duration: Duration) async {
        // A pause is cut short only when what it was for is over.
        try? await Task.sleep(for: duration)
    }

    // MARK: What is lost

    private func lose(_ count: Int, _ reason: String) {
        dropped.add(count)
        told.withLock { $0.reason = reason }
        tellOfLost()
    }

    /// Tells of those that were lost since that was told last, unless that was a moment ago.
    private func tellOfLost() {
        let all = dropped.current
        let news = told.withLock { told -> (count: UInt64, reason: String)? in
            guard all > told.lost, told.at.map({ .now - $0 >= Self.reminder }) ?? true else { return nil }
            defer { told = Told(lost: all, at: .now) }
            return (all - told.lost, told.reason ?? "more were made than could be sent")
        }
        guard let news else { return }
        logger.warning(
            "spans of traces were dropped",
            metadata: [
                "spans": "\(news.count)", "reason": "\(news.reason)", "collector": "\(settings.shownEndpoint)",
            ])
    }
}
