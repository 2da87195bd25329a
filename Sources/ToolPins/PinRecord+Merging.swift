import MCPValues

extension PinRecord {
    /// What another process has approved of the same server, with what has changed here.
    ///
    /// - Parameters:
    ///   - others: What the other process says.
    ///   - before: What both had begun with.
    package func merged(into others: PinRecord, since before: PinRecord) -> PinRecord {
        var merged = PinRecord()
        for kind in PinKind.allCases {
            if isEstablished(kind) || others.isEstablished(kind) { merged.establish(kind) }
            for name in Set(names(kind) + others.names(kind)).sorted() {
                let own = accepted(kind, name)
                let counting = own == before.accepted(kind, name) ? others.accepted(kind, name) : own
                for definition in counting.reversed() { merged.accept(kind, name, definition, replacing: false) }
            }
        }
        return merged
    }
}
