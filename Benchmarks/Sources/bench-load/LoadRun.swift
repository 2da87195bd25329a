import BenchmarkKit
import NIOCore
import NIOPosix

/// A whole run: clients are connected and introduced, warmed up, measured, and ended.
///
/// Confined to its event loop; that is what makes `@unchecked Sendable` true.
final class LoadRun: @unchecked Sendable {
    private enum Phase {
        case connecting
        case warmingUp
        case measuring
        /// Waiting for the last answers.
        case finishing
        case holding
        case ending
        case failed
    }

    /// How many clients introduce themselves at the same time.
    private static let maximumIntroductions = 64

    let options: LoadOptions
    private let eventLoop: any EventLoop
    private let check: AnswerCheck
    private let done: EventLoopPromise<Report>
    private var phase = Phase.connecting
    private var clients: [LoadClient] = []
    private var idle: [LoadClient] = []
    private var lastID = RequestTemplates.firstID
    private var begun = 0
    private var openCalls = 0
    private var openStreams = 0
    private var startedConnections = 0
    private var openConnections = 0
    private var report = Report()
    private var meter = Meter()
    /// In an open loop: the calls whose time has come while no client was free, by that time.
    private var late = CircularBuffer<UInt64>()
    private var endTimer: Scheduled<Void>?

    init(_ options: LoadOptions, on eventLoop: any EventLoop) {
        self.options = options
        self.eventLoop = eventLoop
        self.check = AnswerCheck(options)
        self.done = eventLoop.makePromise()
    }

    private var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

    func start() -> EventLoopFuture<Report> {
        eventLoop.execute { [self] in
            for _ in 0..<min(clientCount, Self.maximumIntroductions) { connect() }
        }
        return done.futureResult
    }

    private var clientCount: Int { options.held?.count ?? options.clients }

    /// Whether sessions are open of which nothing more is asked.
    var holdsSessions: Bool {
        guard case .holding = phase, case .sessions = options.held else { return false }
        return true
    }

    private func connect() {
        let target = options.targets[startedConnections % options.targets.count]
        startedConnections += 1
        openConnections += 1
        ClientBootstrap(group: eventLoop)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let client = LoadClient(self, target: target)
                    self.clients.append(client)
                    try channel.pipeline.syncOperations.addHandler(client)
                }
            }
            .connect(host: target.host, port: target.port)
            .whenFailure { error in self.fail("cannot connect: \(error)") }
    }

    // MARK: What clients report

    func ready(_ client: LoadClient) {
        idle.append(client)
        guard case .connecting = phase else { return }
        if startedConnections < clientCount { connect() }
        guard idle.count == clientCount else { return }
        switch options.held {
        case .streams:
            phase = .holding
            for client in idle { client.openStream() }
        case .sessions(let count):
            phase = .holding
            StandardOutput.write(line: "{\"sessions\":\(count)}")
        case nil:
            phase = .warmingUp
            begun = 0
            for client in takeIdle() { next(client) }
        }
    }

    func answered(_ client: LoadClient, _ answer: HTTPMessage, id: Int, since: UInt64) {
        let taken = now - since
        do throws(AnswerCheck.Wrong) {
            try check.check(answer, id: id)
        } catch {
            return fail("a wrong answer, \(error.words)")
        }
        openCalls -= 1
        switch phase {
        case .measuring, .finishing: report.record(taken, bytes: answer.body.readableBytes)
        case .connecting, .warmingUp, .holding, .ending, .failed: break
        }
        next(client)
    }

    func streamOpened() {
        openStreams += 1
        guard openStreams == clientCount else { return }
        StandardOutput.write(line: "{\"streams\":\(openStreams)}")
    }

    func closed(_ client: LoadClient) {
        openConnections -= 1
        if case .ending = phase, openConnections == 0 { done.succeed(report) }
    }

    func fail(_ words: String) {
        guard case .failed = phase else {
            if case .ending = phase { return }
            phase = .failed
            StandardError.write("bench-load: \(words)\n")
            Exit.now(1)
        }
    }

    // MARK: Calling

    private func takeIdle() -> [LoadClient] {
        defer { idle = [] }
        return idle
    }

    /// A client is free.
    private func next(_ client: LoadClient) {
        switch phase {
        case .warmingUp:
            if begun < options.warmUp { return call(client, since: now) }
            idle.append(client)
            if openCalls == 0 { beginMeasuring() }
        case .measuring:
            if options.rate != nil {
                if let time = late.popFirst() { call(client, since: time) } else { idle.append(client) }
            } else if options.calls == 0 || begun < options.calls {
                call(client, since: now)
            } else {
                idle.append(client)
                phase = .finishing
                if openCalls == 0 { finish() }
            }
        case .finishing:
            idle.append(client)
            if openCalls == 0 { finish() }
        case .connecting, .holding, .ending, .failed: idle.append(client)
        }
    }

    private func call(_ client: LoadClient, since: UInt64) {
        begun += 1
        openCalls += 1
        lastID += 1
        client.call(id: lastID, since: since)
    }

    private func beginMeasuring() {
        phase = .measuring
        begun = 0
        meter.begin(options.watched)
        if options.calls == 0 || options.rate != nil {
            endTimer = eventLoop.scheduleTask(in: .nanoseconds(Int64(options.seconds * 1e9))) { [self] in
                guard case .measuring = phase else { return }
                phase = .finishing
                if openCalls == 0 { finish() }
            }
        }
        if let rate = options.rate {
            tick(start: now, rate: rate, number: 0)
        } else {
            for client in takeIdle() { next(client) }
        }
    }

    /// Calls whose time has come, whoever is late with the ones before: so that an answer that was slow to come counts
    /// for all who had to wait for it.
    private func tick(start: UInt64, rate: Double, number: Int) {
        guard case .measuring = phase else { return }
        var number = number
        var due = start + UInt64(Double(number) * 1e9 / rate)
        while due <= now {
            if let client = idle.popLast() { call(client, since: due) } else { late.append(due) }
            number += 1
            due = start + UInt64(Double(number) * 1e9 / rate)
        }
        let following = number
        eventLoop.scheduleTask(deadline: .uptimeNanoseconds(due)) { [self] in
            tick(start: start, rate: rate, number: following)
        }
    }

    private func finish() {
        meter.end(into: &report)
        report.unsent = late.count
        endTimer?.cancel()
        end()
    }

    /// Ends the sessions.
    private func end() {
        phase = .ending
        for client in clients { client.end() }
    }
}
