import CProxySystem

/// The second role of the executable: standing guard over one process tree.
package enum GuardProcess {
    /// The argument that asks for this role.
    package static var argument: String { PROXY_GUARD_ARGUMENT }

    /// The path by which a process can start its own executable again, also after the file was replaced.
    package static var ownExecutable: String? {
        #if os(Linux)
            "/proc/self/exe"
        #else
            nil
        #endif
    }

    /// Becomes a guard when the arguments ask for it: then this does not return to the caller's program.
    ///
    /// - Returns: The exit status of the guarded command, or nil when this process is not meant to be a guard.
    package static func runIfAsked() -> Int32? {
        guard CommandLine.argc > 1, CommandLine.arguments[1] == argument else { return nil }
        return unsafe proxy_guard_main(CommandLine.argc, CommandLine.unsafeArgv)
    }
}
