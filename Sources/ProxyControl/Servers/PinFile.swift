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
/// what is lost is missed, and is not taken for a server that nobody has seen before.
final class PinFile: Sendable {
    private static let maximumBytes = 64 << 20

    private struct State {
        /// The servers that `pinned.json` names.
        var named: Set<ByteText> = []
        /// What `pins.json` holds, where that is known.
        var written: ByteBuffer?
    }

    private let directory: StateDirectory
    private let logger: Logger
    private let state = Mutex(State())
    /// Lists that are read together are written together.
    private let writing = GatheredWork("mcp-proxy.pins", after: .milliseconds(200))

    init(_ directory: StateDirectory, logger: Logger) {
        self.directory = directory
        self.logger = logger
    }

    // MARK: Reading

    /// Reads what the last run has kept. What cannot be read is set aside, and of what is lost it is said that it is.
    ///
    /// - Throws: when it cannot be trusted.
    func read() throws(ConfigurationError) -> PinBook.Known {
        var known = PinBook.Known()
        let named = try read(.pinned, &known) { (bytes) throws(PinTextError) in try PinnedNames.read(bytes) } ?? []
        let records = try read(.pins, &known) { (bytes) throws(PinTextError) in try PinText.read(bytes) }
        known.records = (records ?? [:]).filter { $0.value != PinRecord() }
        let lost = named.subtracting(known.records.keys)
        for name in lost {
            known.faults[name] =
                known.fault
                ?? (records == nil
                    ? "the file pins.json has gone from the state directory"
                    : "pins.json in the state directory has nothing of this server any more")
        }
        state.withLock { $0.named = named }
        if !lost.isEmpty || known.fault != nil { warn(lost, known.fault) }
        return known
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
        let records = book.records
        let text = PinText.write(records)
        guard text != state.withLock({ $0.written }) else { return nil }
        guard text.readableBytes <= Self.maximumBytes else {
            return StateDirectory.WriteFailure("it would be longer than \(Self.maximumBytes) bytes")
        }
        do throws(StateDirectory.WriteFailure) {
            let (before, names) = (state.withLock { $0.named }, Set(records.keys).union(book.lost))
            // Whoever loses the one file is told so by the other one, whatever is written last.
            if !names.isSubset(of: before) { try name(before.union(names)) }
            try directory.replace(.pins, with: Array(text.readableBytesView))
            if names != before { try name(names) }
        } catch {
            return error
        }
        state.withLock { $0.written = text }
        return nil
    }

    private func name(_ names: Set<ByteText>) throws(StateDirectory.WriteFailure) {
        try directory.replace(.pinned, with: Array(PinnedNames.write(names).readableBytesView))
        state.withLock { $0.named = names }
    }
}
