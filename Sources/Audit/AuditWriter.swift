import NIOCore

/// Writes lines of the audit to its file, and to a new one when that is full. Belongs to whoever writes.
struct AuditWriter {
    /// How much is written at once.
    private static let batchBytes = 256 << 10
    /// How long nothing is tried after a failure.
    private static let pause = Duration.milliseconds(900)

    private let rules: AuditRules
    private var text = AuditText()
    private var file: AuditFile?
    /// Where the chain is after what was written.
    private var chain: AuditChain?
    /// How many lines were not written since the last one that was.
    var lost = 0
    /// What failed last, and when.
    private var failed: (fault: AuditFault, at: ContinuousClock.Instant)?

    init(_ rules: AuditRules) {
        self.rules = rules
    }

    /// Writes entries, in order. What comes before a failure is written.
    ///
    /// - Returns: How many were written, and why not all.
    mutating func write(_ entries: [AuditEntry], _ mask: ArgumentMask) -> (count: Int, fault: AuditFault?) {
        if let failed, ContinuousClock.now - failed.at < Self.pause { return (0, failed.fault) }
        failed = nil
        var written = 0
        do throws(AuditFault) {
            try open(mask)
            if lost > 0 {
                try write(AuditEntry(.lost(lost)), mask)
                lost = 0
            }
            while written < entries.count { written += try writeBatch(entries[written...], mask) }
        } catch {
            // Opened again when it is tried again: what it is may have changed meanwhile.
            (file, failed) = (nil, (error, .now))
            return (written, error)
        }
        return (written, nil)
    }

    /// Opens the file, goes on with the chain of what it holds, and says where a run begins, or goes on behind what is torn.
    private mutating func open(_ mask: ArgumentMask) throws(AuditFault) {
        guard file == nil else { return }
        let file = try AuditFile(rules.file)
        let end = try file.end()
        if chain == nil, end.chain == nil, end.behind > 0, end.torn == 0 {
            throw AuditFault("has no line of an audit; move it away")
        }
        let former =
            chain == nil && file.size == 0 ? try AuditFile.end(ofFileAt: AuditFile.name(of: rules.file, 1)) : nil
        // What this run has not written to its end is written once more; of a former one it is a line all the same.
        let last = chain ?? end.chainAfterTorn ?? end.chain
        var next = last ?? former?.chain ?? AuditChain()
        if chain == nil || end.behind > 0 {
            var bytes = ByteBuffer(string: end.torn > 0 ? "\n" : "")
            let isLine = chain == nil && end.chainAfterTorn != nil
            let torn = isLine || end.torn == 0 ? 0 : end.torn + 1
            text.append(AuditEntry(.start(torn: torn)), mask, to: &next, &bytes)
            try file.append(bytes)
        }
        (self.file, chain) = (file, next)
    }

    private mutating func write(_ entry: AuditEntry, _ mask: ArgumentMask) throws(AuditFault) {
        _ = try writeBatch([entry], mask)
    }

    /// Writes as many of the entries as fit into the file at once; at least one.
    private mutating func writeBatch(
        _ entries: ArraySlice<AuditEntry>, _ mask: ArgumentMask
    ) throws(AuditFault) -> Int {
        guard var chain, var file else { return 0 }
        var bytes = ByteBuffer()
        var count = 0
        for entry in entries {
            let before = (chain: chain, end: bytes.writerIndex)
            text.append(entry, mask, to: &chain, &bytes)
            if file.size + bytes.readableBytes > rules.maximumBytes, file.size + before.end > 0 {
                if count > 0 {
                    // Stays for the next file.
                    chain = before.chain
                    bytes.moveWriterIndex(to: before.end)
                    break
                }
                file = try rotated()
            }
            count += 1
            if bytes.readableBytes >= Self.batchBytes { break }
        }
        try file.append(bytes)
        self.chain = chain
        return count
    }

    private mutating func rotated() throws(AuditFault) -> AuditFile {
        // Closed before another one is made, and opened again where that fails.
        file = nil
        try AuditFile.rotate(rules.file, keep: rules.keep)
        let new = try AuditFile(rules.file)
        file = new
        return new
    }
}
