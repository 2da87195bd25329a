import Dispatch
package import Logging
import MCPCore
package import Metrics
import Synchronization

/// Writes what clients have called and what was changed, line by line, beside whoever has something to tell: a disk that is
/// full or hangs never holds up a call.
package final class AuditTrail: Sendable {
    /// How much may wait to be written.
    private static let maximumWaiting = 16 << 20
    private static let retryPause = DispatchTimeInterval.seconds(1)
    /// How often it is said that the audit cannot be written.
    private static let reminder = Duration.seconds(60)

    private struct Waiting {
        let entry: AuditEntry
        /// Is told whether it was written, when that was tried.
        var done: (@Sendable (Bool) -> Void)?
    }

    private struct Queue {
        var waiting: [Waiting] = []
        var cost = 0
        var isWriting = false
        var lost = 0
        var secrets: [String] = []
        /// Since when nothing could be written, as far as that was told.
        var toldOfFault: ContinuousClock.Instant?
        var lostInAll = 0
    }

    package let rules: AuditRules
    private let longestWait: DispatchTimeInterval
    private let queue = Mutex(Queue())
    private let writer: Mutex<AuditWriter>
    private let thread = DispatchQueue(label: "mcp-proxy.audit")
    private let isBroken = Atomic(false)
    private let isFull = Atomic(false)
    private let lost: Counter
    private let logger: Logger

    /// - Parameters:
    ///   - secrets: The tokens of the proxy itself, which are never written.
    ///   - lost: Where lines are counted that could not be written.
    ///   - longestWait: How many seconds a change waits until it is written that it begins, and the end of a run until all is
    ///     written.
    package init(
        _ rules: AuditRules, secrets: [String] = [], lost: Counter = Counter(), longestWait: Int = 5, logger: Logger
    ) {
        self.rules = rules
        self.longestWait = .seconds(longestWait)
        self.lost = lost
        self.logger = logger
        writer = Mutex(AuditWriter(rules))
        queue.withLock { $0.secrets = secrets }
        // It is found out before the first call whether anything can be written.
        begin()
    }

    /// Why calls and changes are refused now, in words; nil where they are not.
    package var hindrance: String? {
        guard rules.refuses, isBroken.load(ordering: .relaxed) || isFull.load(ordering: .relaxed) else { return nil }
        return "the audit cannot be written, and nothing is done without it (mcpProxy.audit.onFailure); try again later"
    }

    /// Tells of a call that has ended. Never waits.
    package func note(_ call: AuditedCall) { add(Waiting(entry: AuditEntry(.call(call)))) }

    /// Tells of a change. Never waits.
    package func note(_ change: AuditedChange) { add(Waiting(entry: AuditEntry(.change(change)))) }

    /// Tells of a change that begins, and waits until that is written.
    ///
    /// - Returns: Why it may not begin, in words; nil where it may.
    package func begin(_ change: AuditedChange) async -> String? {
        let isWritten = await withCheckedContinuation { continuation in
            let once = FirstAnswer { continuation.resume(returning: $0) }
            add(Waiting(entry: AuditEntry(.change(change)), done: { once.give($0) }))
            DispatchQueue.global().asyncAfter(deadline: .now() + longestWait) { once.give(false) }
        }
        guard rules.refuses, !isWritten else { return nil }
        return hindrance ?? "the audit could not be written in time, and nothing is done without it; try again later"
    }

    /// Takes what the tokens of the proxy are from now on.
    package func hide(_ secrets: [String]) { queue.withLock { $0.secrets = secrets } }

    /// Writes what waits, and that the run ends; waits for that, but not for long.
    package func end() async {
        await withCheckedContinuation { continuation in
            let once = FirstAnswer { _ in continuation.resume() }
            add(Waiting(entry: AuditEntry(.end), done: { once.give($0) }))
            DispatchQueue.global().asyncAfter(deadline: .now() + longestWait) { once.give(false) }
        }
    }

    // MARK: The queue

    private func add(_ waiting: Waiting) {
        let (starts, fits) = queue.withLock { queue in
            guard queue.cost + waiting.entry.cost <= Self.maximumWaiting else {
                queue.lost += 1
                return (false, false)
            }
            queue.waiting.append(waiting)
            queue.cost += waiting.entry.cost
            // What is under way still has room when nothing new is let in.
            if queue.cost > Self.maximumWaiting / 2 { isFull.store(true, ordering: .relaxed) }
            defer { queue.isWriting = true }
            return (!queue.isWriting, true)
        }
        if starts { thread.async { [self] in writeAll() } }
        guard !fits else { return }
        lost.add()
        waiting.done?(false)
    }

    private func begin() {
        queue.withLock { $0.isWriting = true }
        thread.async { [self] in
            let fault = writer.withLock { $0.write([], ArgumentMask(arguments: .none)).fault }
            settle(fault)
            writeAll()
        }
    }

    /// Only on the thread.
    private func writeAll() {
        while true {
            let (round, secrets, lostBefore) = queue.withLock { queue in
                defer { (queue.waiting, queue.lost) = ([], 0) }
                if queue.waiting.isEmpty { queue.isWriting = false }
                return (queue.waiting, queue.secrets, queue.lost)
            }
            if round.isEmpty { return }
            let mask = ArgumentMask(arguments: rules.arguments, secrets: secrets)
            let (count, fault) = writer.withLock { writer in
                writer.lost += lostBefore
                return writer.write(round.map(\.entry), mask)
            }
            for waiting in round.prefix(count) { waiting.done?(true) }
            let rest = Array(round.dropFirst(count))
            let keeps = rules.refuses && fault != nil
            if !rest.isEmpty, !keeps {
                lost.add(rest.count)
                writer.withLock { $0.lost += rest.count }
            }
            free(round, keeping: keeps ? rest : [], lost: lostBefore + (keeps ? 0 : rest.count))
            settle(fault)
            for waiting in rest { waiting.done?(false) }
            guard !keeps else { return thread.asyncAfter(deadline: .now() + Self.retryPause) { [self] in writeAll() } }
        }
    }

    /// Gives back the room of what was taken out of the queue, but for what waits on, which is told no second time.
    private func free(_ round: [Waiting], keeping rest: [Waiting], lost: Int) {
        queue.withLock { queue in
            queue.lostInAll += lost
            queue.waiting.insert(contentsOf: rest.map { Waiting(entry: $0.entry) }, at: 0)
            queue.cost -= round.reduce(0) { $0 + $1.entry.cost } - rest.reduce(0) { $0 + $1.entry.cost }
            if queue.cost <= Self.maximumWaiting / 2 { isFull.store(false, ordering: .relaxed) }
        }
    }

    // MARK: What the operator hears

    private func settle(_ fault: AuditFault?) {
        isBroken.store(fault != nil, ordering: .relaxed)
        let now = ContinuousClock.now
        let (tells, lost) = queue.withLock { queue in
            guard fault != nil else {
                defer { (queue.toldOfFault, queue.lostInAll) = (nil, 0) }
                return (queue.toldOfFault != nil, queue.lostInAll)
            }
            if let told = queue.toldOfFault, now - told < Self.reminder { return (false, 0) }
            queue.toldOfFault = now
            return (true, queue.lostInAll)
        }
        guard tells else { return }
        var facts: Logger.Metadata = ["file": "\(rules.file)", "lost": "\(lost)"]
        guard let fault else { return logger.notice("the audit is written again", metadata: facts) }
        facts["reason"] = "\(fault)"
        logger.error(
            rules.refuses
                ? "the audit cannot be written: calls and changes are refused until it can be"
                : "the audit cannot be written: calls and changes go on without it",
            metadata: facts)
    }
}

/// Passes on the first of several answers.
private final class FirstAnswer: Sendable {
    /// Who takes it.
    private struct Taker: Sendable {
        let body: @Sendable (Bool) -> Void
    }

    private let taker: Mutex<Taker?>

    init(_ take: @escaping @Sendable (Bool) -> Void) {
        taker = Mutex(Taker(body: take))
    }

    func give(_ answer: Bool) {
        let taker = taker.withLock { taker in
            defer { taker = nil }
            return taker
        }
        taker?.body(answer)
    }
}
