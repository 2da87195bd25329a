#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the program was started with.
enum EnvironmentVariable {
    /// The value of a variable; nil where it is not set.
    static func value(of name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }
}
