#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What this process knows of itself.
enum ProcessEnvironment {
    static var ownID: Int32 { getpid() }

    /// Where commands are looked for when a server's own environment does not say.
    static var searchPath: String {
        guard let value = unsafe getenv("PATH") else { return "/usr/local/bin:/usr/bin:/bin" }
        return unsafe String(cString: value)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    package var milliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }
}
