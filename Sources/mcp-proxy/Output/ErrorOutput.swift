#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where standard error goes, as far as it matters for what is written there.
struct ErrorOutput: Sendable {
    /// Found out once: it stays where it is.
    static let current = ErrorOutput(ofDescriptor: STDERR_FILENO)

    /// Whether it goes to the journal of systemd, which writes the time itself
    /// ([systemd.exec(5), JOURNAL_STREAM](https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html)).
    let isJournal: Bool
    /// Whether there may be colours.
    let hasColours: Bool

    private init(ofDescriptor descriptor: CInt) {
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        isJournal = isKnown && EnvironmentVariable.value(of: "JOURNAL_STREAM") == "\(status.st_dev):\(status.st_ino)"
        hasColours = TerminalColours.areWanted(on: descriptor)
    }
}
