import BenchmarkKit

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program that was started with pipes for standard input and output.
struct ChildProgram {
    /// Where to write what it reads.
    let input: CInt
    /// Where to read what it writes.
    let output: CInt

    init(_ words: [String]) {
        let (input, output) = (Self.pipe(), Self.pipe())
        // A child must not hold its own ends open, or it never sees their end.
        for descriptor in [input.writing, output.reading] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_adddup2(&actions, input.reading, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.writing, 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe arguments.append(nil)
        var process = pid_t()
        let error = unsafe posix_spawnp(&process, words[0], &actions, nil, arguments, environ)
        guard error == 0 else { Arguments.refuse("cannot start \(words[0]): error \(error)") }
        _ = close(input.reading)
        _ = close(output.writing)
        self.input = input.writing
        self.output = output.reading
    }

    private static func pipe() -> (reading: CInt, writing: CInt) {
        var ends: [CInt] = [0, 0]
        guard unsafe makePipe(&ends) == 0 else { Arguments.refuse("cannot make a pipe") }
        return (ends[0], ends[1])
    }

    private static func makePipe(_ ends: UnsafeMutablePointer<CInt>) -> CInt {
        #if canImport(Glibc)
            unsafe Glibc.pipe(ends)
        #else
            unsafe Darwin.pipe(ends)
        #endif
    }
}
