#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Whether what is written may have colours.
enum TerminalColours {
    /// Whether a descriptor leads to a terminal that knows colours, and nobody wants none ([NO_COLOR](https://no-color.org)).
    static func areWanted(on descriptor: CInt) -> Bool {
        let isPlain = EnvironmentVariable.value(of: "NO_COLOR").map { !$0.isEmpty } ?? false
        return isatty(descriptor) == 1 && !isPlain && EnvironmentVariable.value(of: "TERM") != "dumb"
    }
}
