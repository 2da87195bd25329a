import Subprocess

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Says what this process knows of itself.
enum ProcessEnvironment {
    static var ownID: Int32 { getpid() }

    /// What a process needs to find its programs and files, and no secret of the proxy's.
    static var plain: [Environment.Key: String] {
        let names = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"]
        return Dictionary(
            uniqueKeysWithValues: names.compactMap { name in
                guard let value = unsafe getenv(name) else { return nil }
                return (Environment.Key(stringLiteral: name), unsafe String(cString: value))
            })
    }

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
