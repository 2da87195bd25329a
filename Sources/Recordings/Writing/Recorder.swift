import Dispatch
import MCPCore
import NIOCore
import Synchronization

/// Records what passes the proxy, while somebody has asked for it: whoever passes something on tells it here and goes on;
/// what is told is looked through and written beside the event loops.
package final class Recorder: Sendable {
    /// Why no recording is begun, in words.
    package struct Full: Error {
        package let words: String
    }

    /// How much may wait to be written.
    private static let maximumWaiting = 32 << 20

    private struct Queue {
        var waiting: [RecordedMessage] = []
        var cost = 0
        var isWriting = false
        var dropped = 0
        var recordings: [Recording] = []
        /// Those that were removed, until what was told before that is written.
        var leaving: [Recording] = []
        var secrets: [String] = []
        var hasEnded = false
        /// The numbers that stand for sessions.
        var sessions: [String: Int] = [:]
    }

    private let queue = Mutex(Queue())
    private let running = Atomic<Bool>(false)
    private let thread = DispatchQueue(label: "mcp-proxy.recorder")
    private let proxy: String
    private let clock: @Sendable () -> Double

    /// - Parameters:
    ///   - proxy: The version of the proxy, for the first line.
    ///   - clock: Tells the time in seconds since 1970.
    package init(proxy: String = "", secrets: [String] = [], clock: @escaping @Sendable () -> Double = { 0 }) {
        self.proxy = proxy
        self.clock = clock
        queue.withLock { $0.secrets = secrets }
    }

    /// Whether anything is recorded; all that a message costs where nothing is.
    package var isOn: Bool { running.load(ordering: .relaxed) }

    /// The moment, as messages carry it that are told later.
    package var now: Double { clock() }

    /// Takes what is hidden from now on, wherever it stands.
    package func hide(_ secrets: [String]) { queue.withLock { $0.secrets = secrets } }

    // MARK: Recordings

    /// Begins a recording.
    ///
    /// - Parameter introductions: What servers have said of themselves before.
    package func begin(_ rules: RecordingRules, _ introductions: [RecordedMessage] = []) throws(Full) -> Recording {
        let now = clock()
        let result: Result<Recording, Full> = queue.withLock { queue in
            guard !queue.hasEnded else { return .failure(Full(words: "the proxy is about to end")) }
            if queue.recordings.count >= RecordingRules.mostRecordings {
                // What nobody has fetched since it ended makes room for what somebody wants now.
                guard let old = queue.recordings.firstIndex(where: { $0.progress.ending != nil }) else {
                    return .failure(
                        Full(words: "\(RecordingRules.mostRecordings) recordings run already; end one of them first"))
                }
                queue.recordings.remove(at: old)
            }
            let recording = Recording(
                id: String(UInt64.random(in: 1 << 59...UInt64.max), radix: 32), rules, proxy: proxy, at: now,
                droppedBefore: queue.dropped)
            queue.recordings.append(recording)
            running.store(true, ordering: .relaxed)
            return .success(recording)
        }
        let recording = try result.get()
        for introduction in introductions { note(introduction) }
        thread.asyncAfter(deadline: .now() + .seconds(rules.seconds)) { [self, weak recording] in
            if let recording { end(recording, .time) }
        }
        return recording
    }

    /// Those that run, and those that have ended and were not removed, the oldest first.
    package var recordings: [Recording] { queue.withLock { $0.recordings } }

    /// The recording of that name.
    package func find(_ id: String) -> Recording? {
        queue.withLock { $0.recordings.first { $0.id.utf8.elementsEqual(id.utf8) } }
    }

    /// Ends a recording, if it runs, and forgets it. Who follows it still gets its end.
    ///
    /// - Returns: nil where there is none of that name.
    package func remove(_ id: String) -> Recording? {
        guard let recording = find(id) else { return nil }
        queue.withLock { queue in
            queue.recordings.removeAll { $0 === recording }
            queue.leaving.append(recording)
        }
        // Behind what was told before: that belongs to it.
        thread.async { [self] in end(recording, .stopped) }
        return recording
    }

    /// Ends the recordings of a server that is not there any more.
    package func serverHasGone(_ server: String) {
        guard isOn else { return }
        thread.async { [self] in
            for recording in recordings where recording.rules.server != nil && recording.takes(server) {
                end(recording, .serverGone)
            }
        }
    }

    /// Ends all recordings, for good.
    package func end() {
        queue.withLock { $0.hasEnded = true }
        thread.async { [self] in for recording in recordings { end(recording, .proxyEnds) } }
    }

    /// Only on the thread.
    private func end(_ recording: Recording, _ ending: Recording.Ending) {
        let dropped = queue.withLock { $0.dropped } - recording.droppedBefore
        recording.end(ending, at: clock(), dropped: dropped)
        queue.withLock { queue in
            queue.leaving.removeAll { $0 === recording }
            guard (queue.recordings + queue.leaving).allSatisfy({ $0.progress.ending != nil }) else { return }
            running.store(false, ordering: .relaxed)
            queue.sessions = [:]
        }
    }

    // MARK: Messages

    /// Takes something that passes. Never waits.
    package func note(_ message: RecordedMessage) {
        guard isOn else { return }
        var message = message
        if message.time == 0 { message.time = clock() }
        let starts = queue.withLock { [message] queue in
            guard queue.cost + message.cost <= Self.maximumWaiting else {
                queue.dropped += 1
                return false
            }
            queue.waiting.append(message)
            queue.cost += message.cost
            defer { queue.isWriting = true }
            return !queue.isWriting
        }
        if starts { thread.async { [self] in writeAll() } }
    }

    /// Only on the thread.
    private func writeAll() {
        while true {
            let (round, recordings, secrets) = queue.withLock { queue in
                defer { (queue.waiting, queue.cost) = ([], 0) }
                if queue.waiting.isEmpty { queue.isWriting = false }
                let running = (queue.recordings + queue.leaving).filter { $0.progress.ending == nil }
                return (queue.waiting, running, queue.secrets)
            }
            if round.isEmpty { return }
            for message in round { write(message, into: recordings, hiding: secrets) }
        }
    }

    private func write(_ message: RecordedMessage, into recordings: [Recording], hiding secrets: [String]) {
        let session = message.session.map { number(of: $0) }
        var lines: [(bodies: RecordedBodies, line: ByteBuffer)] = []
        for recording in recordings where recording.takes(message.server) && message.time >= recording.begun {
            let bodies = recording.rules.bodies
            let line =
                lines.first { $0.bodies == bodies }?.line
                ?? MessageLine(bodies, secrets: secrets).json(message, session: session)
            lines.append((bodies, line))
            if !recording.add(line) { end(recording, .bytes) }
        }
    }

    /// The number that stands for a session.
    private func number(of session: String) -> Int {
        queue.withLock { queue in
            if let number = queue.sessions[session] { return number }
            queue.sessions[session] = queue.sessions.count + 1
            return queue.sessions.count
        }
    }
}
