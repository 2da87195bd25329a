import Logging
import MCPCore
import MCPGateway
import MCPValues
import NIOCore
import ProxyConfiguration
import Synchronization
import ToolPins

/// What was approved of servers, from one run to the next: `pins.json` below `--state-dir`.
///
/// Beside it stands `pinned.json`, which names the servers of which anything was approved. It is written first, so that
/// what is lost is missed, and is not taken for a server that nobody has seen before. Where both have gone, the file of
/// what servers list says which they were.
///
/// Several processes may share the directory, as clients start one for each server: what is of servers that another one
/// has is left as that one writes it.
final class PinFile: Sendable {
    private static let maximumBytes = 64 << 20

    private struct State {
        /// The servers that `pinned.json` names.
        var named: Set<ByteText> = []
        /// What `pins.json` holds, where that is known.
        var written: ByteBuffer?
    }

    private let directory: StateDirectory
    private let catalogs: KnownCatalogs
    private let logger: Logger
    private let state = Mutex(State())
    /// Lists that are read together are written together.
    private let writing = GatheredWork("mcp-proxy.pins", after: .milliseconds(200))

    /// - Parameter catalogs: Says which servers are missed where both files have gone.
    init(_ directory: StateDirectory, beside catalogs: KnownCatalogs, logger: Logger) {
        self.directory = directory
        self.catalogs = catalogs
        self.logger = logger
    }

    // MARK: Reading

    /// Reads what the last run has kept. What cannot be read is set aside, and of what is lost it is said that it is.
    ///
    /// - Throws: when it cannot be trusted.
    func read() throws(ConfigurationError) -> PinBook.Known {
        var known = PinBook.Known()
        let names = try read(.pinned, &known) { (bytes) throws(PinTextError) in try PinnedNames.read(bytes) }
        let kept = try read(.pins, &known) { (bytes) throws(PinTextError) in (bytes, try PinText.read(bytes)) }
        known.records = (kept?.1 ?? [:]).filter { $0.value != PinRecord() }
        let lost = (names ?? catalogs.pinned).subtracting(known.records.keys)
        for name in lost { known.faults[name] = known.fault ?? Self.loss(hasNames: names != nil, hasPins: kept != nil) }
        state.withLock { ($0.named, $0.written) = (names ?? [], kept?.0) }
        catalogs.note(pinned: lost.union(known.records.keys))
        if !lost.isEmpty || known.fault != nil { warn(lost, known.fault) }
        return known
    }

    /// What has become of what was approved of a server, in words.
    private static func loss(hasNames: Bool, hasPins: Bool) -> String {
        if hasPins { return "pins.json in the state directory has nothing of this server any more" }
        if hasNames { return "the file pins.json has gone from the state directory" }
        return
            "the files pins.json and pinned.json have gone from the state directory, where catalogs.json names the server"
    }

    /// Reads a file; nil where there is none, or where it had to be set aside, which is noted.
    private func read<Value>(
        _ file: StateDirectory.File, _ known: inout PinBook.Known, _ read: (ByteBuffer) throws(PinTextError) -> Value
    ) throws(ConfigurationError) -> Value? {
        let fault: String
        switch try directory.contents(of: file, maximumBytes: Self.maximumBytes) {
        case nil: return nil
        case .tooLong: fault = "it is longer than \(Self.maximumBytes) bytes"
        case .bytes(let bytes):
            do throws(PinTextError) {
                return try read(ByteBuffer(bytes: bytes))
            } catch {
                fault = "\(error)"
            }
        }
        let place = try directory.setAside(file)
        known.fault = "\(file.rawValue) in the state directory could not be read (\(fault)) and is now \(place)"
        return nil
    }

    private func warn(_ lost: Set<ByteText>, _ fault: String?) {
        var facts: Logger.Metadata = [:]
        if let fault { facts["reason"] = "\(fault)" }
        if !lost.isEmpty { facts["servers"] = "\(lost.sorted().map(\.text).joined(separator: ", "))" }
        logger.error(
            """
            what was approved of servers is not known any more; those with pin quarantine or block are withheld until it \
            is approved again: mcp-proxy pins approve SERVER
            """,
            metadata: facts)
    }

    // MARK: Writing

    /// Something else is approved than before, which is written soon.
    func note(_ book: PinBook) {
        writing.ask { [self] in
            if let failure = write(book) { tell(failure) }
        }
    }

    /// Writes what is approved now.
    ///
    /// - Returns: Why it could not be, once that is known.
    func keep(_ book: PinBook) async -> StateDirectory.WriteFailure? {
        await withCheckedContinuation { continuation in
            writing.next { [self] in
                let failure = write(book)
                if let failure { tell(failure) }
                continuation.resume(returning: failure)
            }
        }
    }

    private func tell(_ failure: StateDirectory.WriteFailure) {
        logger.warning(
            "what was approved of servers cannot be kept for the next start", metadata: ["reason": "\(failure.words)"])
    }

    /// Runs on the queue for writing only.
    private func write(_ book: PinBook) -> StateDirectory.WriteFailure? {
        directory.alone {
            let (records, lost) = (book.records, book.lost)
            let names = Set(records.keys).union(lost)
            guard let others = writtenByOthers() else { return write(records, names) }
            let own = book.own
            return write(
                records.filter { own.contains($0.key) }
                    .merging(others.records.filter { !own.contains($0.key) }) { own, _ in own },
                names.intersection(own).union(others.names.subtracting(own)))
        }
    }

    private func write(_ records: [ByteText: PinRecord], _ names: Set<ByteText>) -> StateDirectory.WriteFailure? {
        let text = PinText.write(records)
        guard state.withLock({ $0.written != text || $0.named != names }) else { return nil }
        guard text.readableBytes <= Self.maximumBytes else {
            return StateDirectory.WriteFailure("it would be longer than \(Self.maximumBytes) bytes")
        }
        do throws(StateDirectory.WriteFailure) {
            let before = state.withLock { $0.named }
            // Whoever loses the one file is told so by the other one, whatever is written last.
            if !names.isSubset(of: before) { try name(before.union(names)) }
            try directory.replace(.pins, with: Array(text.readableBytesView))
            if names != before { try name(names) }
        } catch {
            return error
        }
        state.withLock { $0.written = text }
        catalogs.note(pinned: names)
        return nil
    }

    private func name(_ names: Set<ByteText>) throws(StateDirectory.WriteFailure) {
        try directory.replace(.pinned, with: Array(PinnedNames.write(names).readableBytesView))
        state.withLock { $0.named = names }
    }

    /// What another process has written meanwhile; nil where none has, or it cannot be read, so that it is replaced.
    private func writtenByOthers() -> (records: [ByteText: PinRecord], names: Set<ByteText>)? {
        // What is damaged, or not to be trusted, is as if it were not there: what is known here takes its place.
        guard case .bytes(let bytes)? = try? directory.contents(of: .pins, maximumBytes: Self.maximumBytes),
            case let text = ByteBuffer(bytes: bytes), text != state.withLock({ $0.written }),
            let records = try? PinText.read(text),
            case .bytes(let named)? = try? directory.contents(of: .pinned, maximumBytes: Self.maximumBytes),
            let names = try? PinnedNames.read(ByteBuffer(bytes: named))
        else { return nil }
        state.withLock { $0.named = names }
        return (records.filter { $0.value != PinRecord() }, names)
    }
}
