import Crypto
package import Logging
import MCPCore
import MCPGateway
import MCPValues
import NIOCore
package import ProxyConfiguration
import Synchronization

/// What servers listed when they were asked last, by the names that people see: with `--state-dir` also from one run to the
/// next, so that lists need not wait until servers have started.
///
/// What is lost of it is read again from the servers: it is written beside everything else, and nobody waits for it.
package final class KnownCatalogs: Sendable {
    private static let maximumBytes = 64 << 20

    private struct Entry {
        /// Tells the server from another one that had its name.
        let mark: String
        let text: ByteBuffer
    }

    private struct State {
        var entries: [ByteText: Entry] = [:]
        /// What tells the servers of this run from others, by their names.
        var marks: [ByteText: String] = [:]
        /// Those whose lists are still to be written.
        var changed: [ByteText: ServerConnections] = [:]
        /// The servers of which anything was approved when this was written.
        var pinned: Set<ByteText> = []
        /// Whether something waits to be written.
        var isDue = false
    }

    private let directory: StateDirectory?
    private let logger: Logger?
    private let state: Mutex<State>
    /// Servers that start together are written together.
    private let writing = GatheredWork("mcp-proxy.catalogs", after: .milliseconds(500))

    /// Remembers nothing.
    package init() {
        (directory, logger) = (nil, nil)
        state = Mutex(State())
    }

    /// The servers of which anything was approved when the last run ended: what is missed where all that was approved has
    /// gone. A file of a version that knew no pins names none.
    var pinned: Set<ByteText> { state.withLock { $0.pinned } }

    /// Reads what the last run has found. What cannot be read is as good as nothing.
    ///
    /// - Throws: when it cannot be trusted.
    package init(in directory: StateDirectory?, logger: Logger) throws(ConfigurationError) {
        self.directory = directory
        self.logger = logger
        var known = State()
        if case .bytes(let bytes)? = try directory?.contents(of: .catalogs, maximumBytes: Self.maximumBytes) {
            known = Self.state(in: ByteBuffer(bytes: bytes))
        }
        state = Mutex(known)
    }

    /// Gives a server what is known of it.
    func tell(_ connections: ServerConnections, _ settings: ServerSettings) {
        guard directory != nil else { return }
        let (name, mark) = (ByteText(settings.displayName), Self.mark(of: settings))
        let known = state.withLock { state in
            state.marks[name] = mark
            return state.entries[name]
        }
        if let known, known.mark == mark { connections.remember(known.text) }
    }

    /// Notes that a server lists something else than before.
    func note(_ connections: ServerConnections) {
        guard directory != nil else { return }
        let isKept = state.withLock { state in
            let name = ByteText(connections.displayName)
            guard state.marks[name] != nil else { return false }
            state.changed[name] = connections
            state.isDue = true
            return true
        }
        if isKept { writing.ask { [self] in write() } }
    }

    /// Notes of which servers anything is approved now.
    func note(pinned: Set<ByteText>) {
        guard directory != nil else { return }
        let isNews = state.withLock { state in
            guard state.pinned != pinned else { return false }
            (state.pinned, state.isDue) = (pinned, true)
            return true
        }
        if isNews { writing.ask { [self] in write() } }
    }

    /// Writes what waits to be written.
    func finish() async {
        guard directory != nil else { return }
        await withCheckedContinuation { continuation in
            writing.next { [self] in
                write()
                continuation.resume()
            }
        }
    }

    private func write() {
        let due: [ByteText: ServerConnections]? = state.withLock { state in
            defer { (state.changed, state.isDue) = ([:], false) }
            return state.isDue ? state.changed : nil
        }
        guard let changed = due, let directory else { return }
        let texts = changed.compactMapValues(\.catalogText)
        let (entries, pinned) = state.withLock { state in
            for (name, text) in texts {
                if let mark = state.marks[name] { state.entries[name] = Entry(mark: mark, text: text) }
            }
            // What was there in an earlier run, and is not in this one, is not kept for ever.
            state.entries = state.entries.filter { state.marks[$0.key] != nil }
            return (state.entries, state.pinned)
        }
        var text = Self.text(of: entries, pinned)
        // What could not be read again is not written.
        if text.count > Self.maximumBytes { text = Self.text(of: [:], pinned) }
        do throws(StateDirectory.WriteFailure) {
            try directory.replace(.catalogs, with: text)
        } catch {
            logger?.warning(
                "what servers list cannot be kept for the next start", metadata: ["reason": "\(error.words)"])
        }
    }

    /// What makes a server this one and no other: its program with its arguments, or its address.
    private static func mark(of settings: ServerSettings) -> String {
        var words: [String] =
            switch settings.transport {
            case .stdio(let command, let arguments, _, let directory): [command, directory ?? ""] + arguments
            case .http(let url, _, _, _): ["\(url)"]
            }
        words.append(settings.name)
        var hash = SHA256()
        for word in words { hash.update(data: Array(word.utf8) + [0]) }
        return hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    // MARK: The file

    private static func text(of entries: [ByteText: Entry], _ pinned: Set<ByteText>) -> [UInt8] {
        var catalogs = JSONObjectWriter()
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            var catalog = JSONObjectWriter()
            catalog.add("mark", entry.mark)
            catalog.add("catalog", json: entry.text)
            catalogs.add(name.text, json: catalog.finished)
        }
        var text = JSONObjectWriter()
        text.add("version", 1)
        if !pinned.isEmpty { text.add("pinned", pinned.sorted().map(\.text)) }
        text.add("catalogs", json: catalogs.finished)
        return Array(text.finished.readableBytesView)
    }

    private static func state(in text: ByteBuffer) -> State {
        var state = State()
        // What is damaged is as good as nothing: the servers are asked.
        guard let root = (try? JSONText(scanning: text))?.root, root["version"]?.integer == 1 else { return state }
        root["catalogs"]?.forEachMember { name, value in
            guard let mark = value["mark"]?.string, let catalog = value["catalog"] else { return }
            state.entries[ByteText(name)] = Entry(mark: mark, text: catalog.bytes)
        }
        state.pinned = Set((root["pinned"]?.elements ?? []).compactMap(\.string).map(ByteText.init))
        return state
    }
}
