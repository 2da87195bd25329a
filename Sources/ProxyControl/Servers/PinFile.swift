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
/// Several processes may share the directory, as clients start one for each server: of a tool or prompt of which nothing
/// else counts here than before, it says what another process has written meanwhile.
final class PinFile: Sendable {
    private static let maximumBytes = 64 << 20

    private struct State {
        /// The servers that `pinned.json` names.
        var named: Set<ByteText> = []
        /// What `pins.json` holds, where that is known.
        var written: ByteBuffer?
        /// What both files say, of other processes' servers, too.
        var kept = Kept()
        /// What counted here when it was written or read.
        var own = Kept()
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
        // One file is not read before and the other one after another process has written both.
        let (names, kept) = try directory.alone { () throws(ConfigurationError) in
            let names = try read(.pinned, &known) { (bytes) throws(PinTextError) in try PinnedNames.read(bytes) }
            let kept = try read(.pins, &known) { (bytes) throws(PinTextError) in (bytes, try PinText.read(bytes)) }
            return (names, kept)
        }
        known.records = (kept?.1 ?? [:]).filter { $0.value != PinRecord() }
        let lost = (names ?? catalogs.pinned).subtracting(known.records.keys)
        for name in lost { known.faults[name] = known.fault ?? Self.loss(hasNames: names != nil, hasPins: kept != nil) }
        state.withLock { state in
            (state.named, state.written) = (names ?? [], kept?.0)
            state.own = Kept(records: known.records, names: lost.union(known.records.keys))
            state.kept = state.own
        }
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
        known.fault = "\(file.name) in the state directory could not be read (\(fault)) and is now \(place)"
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
            let records = book.records
            let own = Kept(records: records, names: Set(records.keys).union(book.lost))
            // What others have written stays, also where they have ended since and nobody writes it again.
            let (before, known) = state.withLock { ($0.own, $0.kept) }
            let merged = own.merged(into: writtenByOthers() ?? known, since: before)
            let failure = write(merged)
            if failure == nil { state.withLock { ($0.own, $0.kept) = (own, merged) } }
            return failure
        }
    }

    private func write(_ kept: Kept) -> StateDirectory.WriteFailure? {
        let (text, names) = (PinText.write(kept.records), kept.names)
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

    /// What another process has written meanwhile; nil where none has, or it cannot be used, so that what was there before
    /// takes its place.
    private func writtenByOthers() -> Kept? {
        let named = self.text(of: .pinned)
        // Where it has gone it is written again.
        if named == nil { state.withLock { $0.named = [] } }
        guard let text = self.text(of: .pins), text != state.withLock({ $0.written }) else { return nil }
        do throws(PinTextError) {
            let records = try PinText.read(text).filter { $0.value != PinRecord() }
            let names = try named.map { (bytes) throws(PinTextError) in try PinnedNames.read(bytes) }
            state.withLock { $0.named = names ?? [] }
            return Kept(records: records, names: names ?? state.withLock { $0.kept.names }.union(records.keys))
        } catch {
            return nil
        }
    }

    private func text(of file: StateDirectory.File) -> ByteBuffer? {
        // What is not to be trusted is as if it were not there: what is known here takes its place.
        guard case .bytes(let bytes)? = try? directory.contents(of: file, maximumBytes: Self.maximumBytes) else {
            return nil
        }
        return ByteBuffer(bytes: bytes)
    }
}

/// What the two files say.
private struct Kept {
    var records: [ByteText: PinRecord] = [:]
    var names: Set<ByteText> = []

    /// What others say, but for tools and prompts, and servers, of which something else counts here than before.
    func merged(into others: Kept, since before: Kept) -> Kept {
        var merged = others
        for name in names.union(before.names) {
            guard records[name] != before.records[name] || names.contains(name) != before.names.contains(name) else {
                continue
            }
            merged.records[name] = records[name].map { own in
                guard let other = others.records[name] else { return own }
                return own.merged(into: other, since: before.records[name] ?? PinRecord())
            }
            if names.contains(name) { merged.names.insert(name) } else { merged.names.remove(name) }
        }
        merged.names.formUnion(merged.records.keys)
        return merged
    }
}
