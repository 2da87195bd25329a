import Crypto
import Dispatch
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

    private let directory: StateDirectory?
    private let logger: Logger?
    private let entries: Mutex<[ByteText: Entry]>
    private let isWriteDue = Atomic(false)
    private let writing = DispatchQueue(label: "mcp-proxy.catalogs", qos: .utility)
    /// Servers that start together are written together.
    private static let pause = DispatchTimeInterval.milliseconds(500)

    /// Remembers nothing.
    package init() {
        (directory, logger) = (nil, nil)
        entries = Mutex([:])
    }

    /// Reads what the last run has found. What cannot be read is as good as nothing.
    ///
    /// - Throws: when it cannot be trusted.
    package init(in directory: StateDirectory?, logger: Logger) throws(ConfigurationError) {
        self.directory = directory
        self.logger = logger
        var known: [ByteText: Entry] = [:]
        if case .bytes(let bytes)? = try directory?.contents(of: .catalogs, maximumBytes: Self.maximumBytes) {
            known = Self.entries(in: ByteBuffer(bytes: bytes))
        }
        entries = Mutex(known)
    }

    /// Gives a server what is known of it.
    func tell(_ connections: ServerConnections, _ settings: ServerSettings) {
        let known = entries.withLock { $0[ByteText(settings.displayName)] }
        if let known, known.mark == Self.mark(of: settings) { connections.remember(known.text) }
    }

    /// Notes what a server lists now.
    func note(_ connections: ServerConnections, _ settings: ServerSettings) {
        guard directory != nil, let text = connections.catalogText else { return }
        let entry = Entry(mark: Self.mark(of: settings), text: text)
        entries.withLock { $0[ByteText(settings.displayName)] = entry }
        guard !isWriteDue.exchange(true, ordering: .acquiringAndReleasing) else { return }
        writing.asyncAfter(deadline: .now() + Self.pause) { [self] in write() }
    }

    private func write() {
        isWriteDue.store(false, ordering: .releasing)
        let text = Self.text(of: entries.withLock { $0 })
        // What could not be read again is not written.
        guard text.count <= Self.maximumBytes, let directory else { return }
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

    private static func text(of entries: [ByteText: Entry]) -> [UInt8] {
        var catalogs = JSONObjectWriter()
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            var catalog = JSONObjectWriter()
            catalog.add("mark", entry.mark)
            catalog.add("catalog", json: entry.text)
            catalogs.add(name.text, json: catalog.finished)
        }
        var text = JSONObjectWriter()
        text.add("version", 1)
        text.add("catalogs", json: catalogs.finished)
        return Array(text.finished.readableBytesView)
    }

    private static func entries(in text: ByteBuffer) -> [ByteText: Entry] {
        // What is damaged is as good as nothing: the servers are asked.
        guard let root = (try? JSONText(scanning: text))?.root, root["version"]?.integer == 1 else { return [:] }
        var entries: [ByteText: Entry] = [:]
        root["catalogs"]?.forEachMember { name, value in
            guard let mark = value["mark"]?.string, let catalog = value["catalog"] else { return }
            entries[ByteText(name)] = Entry(mark: mark, text: catalog.bytes)
        }
        return entries
    }
}
