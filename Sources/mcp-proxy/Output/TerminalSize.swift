#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many characters fit on the terminal to which standard output goes.
struct TerminalSize {
    let columns: Int
    let rows: Int

    /// nil when it goes elsewhere, or to one that does not say.
    static var current: TerminalSize? {
        guard StandardOutput.isTerminal else { return nil }
        var size = winsize()
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return nil
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }
}
