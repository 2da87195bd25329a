import MCPCore
package import NIOCore
import Synchronization

/// One recording: the lines so far, within its bounds, and whoever follows it.
package final class Recording: Sendable {
    /// Why a recording has ended, in the words of its last line.
    package enum Ending: String, Sendable {
        /// Its time is over.
        case time
        /// Another line would make it longer than it may be.
        case bytes
        /// Somebody has ended it.
        case stopped
        /// The server that is recorded is not there any more.
        case serverGone = "server gone"
        /// The proxy ends.
        case proxyEnds = "proxy ends"
    }

    /// How far a recording has come.
    package struct Progress: Sendable, Equatable {
        /// Without the first line and the last.
        package var messages = 0
        package var bytes = 0
        package var ending: Ending?
    }

    private struct State {
        var lines: [ByteBuffer] = []
        var progress = Progress()
        var followers: [Int: Follower] = [:]
        var lastFollower = 0
    }

    /// Somebody to be woken when there is more.
    private struct Follower {
        let wake: @Sendable () -> Void
    }

    /// How much room the last line has beside the bound.
    private static let endBytes = 256

    package let id: String
    package let rules: RecordingRules
    /// When it began, in seconds since 1970.
    package let begun: Double
    /// How many messages had been dropped when it began.
    let droppedBefore: Int
    private let state = Mutex(State())

    init(id: String, _ rules: RecordingRules, proxy: String, at begun: Double, droppedBefore: Int) {
        self.id = id
        self.rules = rules
        self.begun = begun
        self.droppedBefore = droppedBefore
        var header = JSONObjectWriter()
        header.add("recording", RecordingFormat.version)
        header.add("proxy", proxy)
        header.add("id", id)
        header.add("begun", UTCTime.text(begun))
        header.add("server", rules.server)
        header.add("bodies", rules.bodies.rawValue)
        header.add("seconds", rules.seconds)
        header.add("maxBytes", rules.maximumBytes)
        let line = header.finished
        state.withLock { state in
            state.lines.append(line)
            state.progress.bytes = line.readableBytes + 1
        }
    }

    package var progress: Progress { state.withLock { $0.progress } }

    /// All lines so far, each with its end.
    package var text: ByteBuffer {
        let lines = state.withLock { $0.lines }
        var text = ByteBuffer()
        text.reserveCapacity(lines.reduce(0) { $0 + $1.readableBytes + 1 })
        for line in lines {
            text.writeImmutableBuffer(line)
            text.writeStaticString("\n")
        }
        return text
    }

    /// The line of a number, from 0 on, without its end.
    ///
    /// - Returns: nil where there is none yet; then also whether there will be none any more.
    package func line(_ number: Int) -> (line: ByteBuffer?, isOver: Bool) {
        state.withLock { state in
            let isOver = state.progress.ending != nil
            return state.lines.indices.contains(number) ? (state.lines[number], false) : (nil, isOver)
        }
    }

    /// Wakes somebody whenever there is more to read or the recording has ended, once for now, from anywhere.
    ///
    /// - Returns: What ends that.
    package func follow(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let id = state.withLock { state in
            state.lastFollower += 1
            state.followers[state.lastFollower] = Follower(wake: wake)
            return state.lastFollower
        }
        wake()
        return { [self] in _ = state.withLock { $0.followers.removeValue(forKey: id) } }
    }

    /// Whether messages of a server belong to it.
    func takes(_ server: String?) -> Bool {
        guard let wanted = rules.server else { return true }
        return server.map { $0.utf8.elementsEqual(wanted.utf8) } ?? false
    }

    /// Adds a line.
    ///
    /// - Returns: Whether there was room for it; else the recording has to end.
    func add(_ line: ByteBuffer) -> Bool {
        let followers: [Follower]? = state.withLock { state in
            guard state.progress.ending == nil else { return [] }
            let bytes = state.progress.bytes + line.readableBytes + 1
            guard bytes + Self.endBytes <= rules.maximumBytes else { return nil }
            state.lines.append(line)
            state.progress.messages += 1
            state.progress.bytes = bytes
            return Array(state.followers.values)
        }
        for follower in followers ?? [] { follower.wake() }
        return followers != nil
    }

    /// Ends it with a last line.
    ///
    /// - Parameter dropped: How many messages could not be kept until they were written.
    func end(_ ending: Ending, at time: Double, dropped: Int) {
        let followers: [Follower] = state.withLock { state in
            guard state.progress.ending == nil else { return [] }
            state.progress.ending = ending
            var last = JSONObjectWriter()
            last.add("time", UTCTime.text(time))
            last.add("end", ending.rawValue)
            last.add("messages", state.progress.messages)
            last.add("bytes", state.progress.bytes)
            last.add("dropped", dropped)
            let line = last.finished
            state.lines.append(line)
            state.progress.bytes += line.readableBytes + 1
            defer { state.followers = [:] }
            return Array(state.followers.values)
        }
        for follower in followers { follower.wake() }
    }
}
