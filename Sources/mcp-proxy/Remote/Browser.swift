#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The browser of whoever sits at this machine.
enum Browser {
    #if os(macOS)
        private static let programs = ["open"]
    #else
        private static let programs = ["xdg-open", "wslview"]
    #endif

    /// Opens an address, which no shell sees.
    ///
    /// - Returns: Whether a program could be started for it.
    static func open(_ address: String) -> Bool {
        // The address is an authorization server's: what is none of the web is opened by nothing.
        guard address.hasPrefix("https://") || address.hasPrefix("http://") else { return false }
        return programs.contains { start($0, address) }
    }

    private static func start(_ program: String, _ address: String) -> Bool {
        guard let name = unsafe strdup(program), let argument = unsafe strdup(address) else { return false }
        defer {
            unsafe free(name)
            unsafe free(argument)
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        // What it writes is of no use to anybody here.
        for descriptor: CInt in 0...2 {
            unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var child = pid_t()
        let arguments: [UnsafeMutablePointer<CChar>?] = unsafe [name, argument, nil]
        return unsafe posix_spawnp(&child, program, &actions, nil, arguments, environ) == 0
    }
}
