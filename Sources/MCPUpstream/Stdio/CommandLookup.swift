#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Finds the file that a command name stands for, so that a missing one is reported in words.
package enum CommandLookup {
    /// Says why a server's command cannot be started here, in words; nil if it can be tried.
    ///
    /// - Parameters:
    ///   - command: A name to be found on the path, or a path.
    ///   - searchPath: The value of `PATH` that the server will see.
    ///   - workingDirectory: Where it runs; nil for where this program does.
    package static func fault(of command: String, searchPath: String, workingDirectory: String?) -> String? {
        do throws(UpstreamFailure) {
            if let workingDirectory { try check(workingDirectory: workingDirectory) }
            _ = try resolve(command, searchPath: searchPath, workingDirectory: workingDirectory)
            return nil
        } catch {
            return error.detail
        }
    }

    /// - Parameters:
    ///   - command: A name to be found on the path, or a path.
    ///   - searchPath: The value of `PATH` that the server will see.
    ///   - workingDirectory: What a relative path is relative to.
    /// - Returns: The path of an executable file.
    static func resolve(
        _ command: String,
        searchPath: String,
        workingDirectory: String?
    ) throws(UpstreamFailure) -> String {
        if command.contains("/") {
            let path = absolute(command.hasPrefix("/") ? command : "\(workingDirectory ?? ".")/\(command)")
            try checkIsFile(path, writtenAs: command)
            guard isExecutable(path) else {
                throw UpstreamFailure(
                    .commandNotRunnable,
                    "\(command) may not be executed; try: chmod +x \(command)",
                    nothingSent: true
                )
            }
            return path
        }
        for directory in searchPath.split(separator: ":") {
            let path = "\(directory)/\(command)"
            if PathKind(of: path) == .file, isExecutable(path) { return path }
        }
        throw UpstreamFailure(
            .commandNotRunnable,
            "the command \"\(command)\" was not found in PATH; install it or give its full path",
            nothingSent: true
        )
    }

    /// Checks that a working directory can be entered.
    static func check(workingDirectory: String) throws(UpstreamFailure) {
        if let kind = PathKind(of: workingDirectory), kind != .directory {
            throw UpstreamFailure(
                .commandNotRunnable,
                "the working directory \(workingDirectory) is \(kind.words); name a directory",
                nothingSent: true
            )
        }
        guard isExecutable(workingDirectory) else {
            throw UpstreamFailure(
                .commandNotRunnable,
                "the working directory \(workingDirectory) does not exist or may not be entered",
                nothingSent: true
            )
        }
    }

    /// Returns the path from the root: the process that executes it may be in another directory.
    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let current = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(current) }
        return unsafe "\(String(cString: current))/\(path)"
    }

    private static func isExecutable(_ path: String) -> Bool {
        unsafe access(path, X_OK) == 0
    }

    private static func checkIsFile(_ path: String, writtenAs command: String) throws(UpstreamFailure) {
        guard let kind = PathKind(of: path) else {
            throw UpstreamFailure(.commandNotRunnable, "there is no file \(command)", nothingSent: true)
        }
        guard kind == .file else {
            throw UpstreamFailure(
                .commandNotRunnable, "\(command) is \(kind.words), not a program; give the path of a program",
                nothingSent: true)
        }
    }
}
