package import Logging
import MCPUpstream
package import ProxyConfiguration
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The directory in which the proxy keeps what it must know at its next start (`--state-dir`), held open while it runs.
///
/// What stands in it decides which programs run, so nothing of it is trusted that others may have written: the directory
/// and its files are this user's and not to be written by anybody else, and the files are no links. Where others may only
/// read, that is corrected. Everything is done below the directory that was checked, whatever its path leads to later.
package final class StateDirectory: Sendable {
    /// What was found in a file.
    enum Contents: Equatable {
        case bytes([UInt8])
        /// It holds more than was asked for.
        case tooLong
    }

    /// Why something cannot be written.
    struct WriteFailure: Error {
        let words: String

        init(_ words: String) {
            self.words = words
        }
    }

    private static let maximumLockTries = 200
    /// In microseconds.
    private static let lockPause: UInt32 = 10_000

    private let path: String
    private let descriptor: CInt
    /// What is locked while this process runs with the directory.
    private let claimed = Mutex<CInt>(-1)
    private let logger: Logger

    /// Opens the directory, and makes it if it is not there.
    ///
    /// - Throws: when it cannot be used, or not be trusted.
    package init(_ path: String, logger: Logger) throws(ConfigurationError) {
        self.path = path
        self.logger = logger
        if let kind = PathKind(of: path), kind != .directory {
            throw Self.problem(path, "this is \(kind.words), not a directory", "Name a directory for --state-dir")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Self.problem(
                path, "the directory for --state-dir cannot be made", "Name one that this user may write")
        }
        try Self.checkLink(path)
        descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Self.problem(path, "the directory for --state-dir cannot be opened", "Let this user use it")
        }
        try secure(descriptor, path, mode: 0o700)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        claimed.withLock { if $0 >= 0 { close($0) } }
    }

    /// Tells other processes that this one runs with the directory.
    ///
    /// - Returns: Whether another one does already. Where that cannot be found out, it is taken for granted that none does.
    package func isClaimed() -> Bool {
        claimed.withLock { claim in
            if claim >= 0 { return false }
            // Not for writing: the file system may become one that can be read only meanwhile.
            let file = unsafe openat(descriptor, ".in-use", O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard file >= 0 else { return false }
            guard flock(file, LOCK_EX | LOCK_NB) != 0 else {
                // Held until the process ends, however that happens.
                claim = file
                return false
            }
            defer { close(file) }
            return errno == EWOULDBLOCK
        }
    }

    /// A link is followed only if it is this user's or the administrator's: others could turn it elsewhere.
    private static func checkLink(_ path: String) throws(ConfigurationError) {
        var status = stat()
        let trimmed = String(path.reversed().drop { $0 == "/" }.reversed())
        guard unsafe lstat(trimmed.isEmpty ? "/" : trimmed, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
            status.st_uid != 0, status.st_uid != geteuid()
        else { return }
        throw problem(path, "the directory for --state-dir is a link of another user", "Name the directory itself")
    }

    // MARK: Reading

    /// What a file holds; nil if there is none.
    ///
    /// - Throws: when it cannot be read, is too long, or cannot be trusted.
    func read(_ kept: File, maximumBytes: Int) throws(ConfigurationError) -> [UInt8]? {
        switch try contents(of: kept, maximumBytes: maximumBytes) {
        case nil: return nil
        case .bytes(let bytes): return bytes
        case .tooLong:
            throw Self.problem(
                "\(path)/\(kept.name)", "the file is longer than \(maximumBytes) bytes",
                "Correct it, or move it away")
        }
    }

    /// What a file holds, if that is not too long; nil if there is none.
    ///
    /// - Throws: when it cannot be read, or not be trusted.
    func contents(of kept: File, maximumBytes: Int) throws(ConfigurationError) -> Contents? {
        let name = "\(path)/\(kept.name)"
        // Not to be kept waiting by a pipe.
        let file = unsafe openat(descriptor, kept.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else {
            switch errno {
            case ENOENT: return nil
            case ELOOP, EMLINK:
                throw Self.problem(name, "this is a link", "Put the file itself there, or remove the link")
            case let code:
                throw Self.problem(
                    name, "the file cannot be read (\(Self.words(code)))",
                    "Let this user read it, or move it away\(kept.consequence)")
            }
        }
        defer { close(file) }
        try secure(file, name, mode: 0o600, consequence: kept.consequence)
        guard let contents = Self.contents(of: file, maximumBytes: maximumBytes) else {
            throw Self.problem(
                name, "the file cannot be read (\(Self.words(errno)))", "Move it away\(kept.consequence)")
        }
        return contents
    }

    private static func contents(of file: CInt, maximumBytes: Int) -> Contents? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= maximumBytes {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe readBytes(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            guard count > 0 else { return .bytes(bytes) }
            bytes += chunk.prefix(count)
        }
        return .tooLong
    }

    /// The names of all files whose names end like this, without that end.
    ///
    /// - Throws: when they cannot be listed.
    func names(endingWith end: String) throws(WriteFailure) -> [String] {
        let own = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0 else { throw failure() }
        guard let stream = unsafe fdopendir(own) else {
            close(own)
            throw failure()
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { start in
                unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasSuffix(end) { names.append(String(name.dropLast(end.count))) }
        }
        return names
    }

    /// Refuses what others may have written, and takes from others what they may read.
    ///
    /// - Parameter consequence: What follows from moving the file away; nil for the directory itself.
    private func secure(
        _ file: CInt, _ name: String, mode: mode_t, consequence: String? = nil
    ) throws(ConfigurationError) {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else {
            throw Self.problem(name, "it cannot be looked at", "Let this user use it")
        }
        let isDirectory = status.st_mode & S_IFMT == S_IFDIR
        guard isDirectory == (consequence == nil), isDirectory || status.st_mode & S_IFMT == S_IFREG else {
            throw Self.problem(
                name, isDirectory ? "this is a directory, not a file" : "this is not a file",
                "Move it away\(consequence ?? "")")
        }
        guard status.st_uid == geteuid() else {
            throw Self.problem(
                name, "it belongs to another user, who could have the proxy run programs",
                "Check what is in it, then give it to the user of the proxy with chown")
        }
        guard status.st_mode & 0o022 == 0 else {
            throw Self.problem(
                name, "others may write it, who could have the proxy run programs",
                "Check what is in it, then take that from them with chmod \(isDirectory ? "700" : "600")")
        }
        guard status.st_mode & 0o7777 & ~mode != 0 else { return }
        guard fchmod(file, mode) == 0 else {
            throw Self.problem(
                name, "others may read it, and that cannot be taken from them",
                "Do it with chmod \(isDirectory ? "700" : "600")")
        }
        logger.warning(
            "others could read what is kept for the next start; now they cannot", metadata: ["path": "\(name)"])
    }

    // MARK: Writing

    /// Puts a file aside, where it is never overwritten.
    ///
    /// - Returns: Where it is now.
    /// - Throws: when that is not possible.
    func setAside(_ kept: File) throws(ConfigurationError) -> String {
        let name = "\(kept.name).unreadable-\(Int(WallClock.now))"
        guard unsafe renameat(descriptor, kept.name, descriptor, name) == 0 else {
            throw Self.problem(
                "\(path)/\(kept.name)", "the file cannot be used, nor set aside (\(Self.words(errno)))",
                "Move it away\(kept.consequence)")
        }
        return "\(path)/\(name)"
    }

    /// Removes a file, if it is there.
    ///
    /// - Throws: ``WriteFailure`` with the reason; the file is then there still.
    func remove(_ kept: File) throws(WriteFailure) {
        guard unsafe unlinkat(descriptor, kept.name, 0) == 0 || errno == ENOENT else { throw failure() }
        fsync(descriptor)
    }

    /// Replaces a file at once: at any time it is either the old one or the new one, and for this user only.
    ///
    /// - Throws: ``WriteFailure`` with the reason; the file is then as it was.
    func replace(_ kept: File, with text: [UInt8]) throws(WriteFailure) {
        unsafe unlinkat(descriptor, kept.temporaryName, 0)
        let file = unsafe openat(
            descriptor, kept.temporaryName, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure() }
        do throws(WriteFailure) {
            defer { close(file) }
            try write(text, to: file)
            guard fchmod(file, 0o600) == 0, fsync(file) == 0 else { throw failure() }
            guard unsafe renameat(descriptor, kept.temporaryName, descriptor, kept.name) == 0 else {
                throw failure()
            }
        } catch {
            unsafe unlinkat(descriptor, kept.temporaryName, 0)
            throw error
        }
        // Makes the new name last through a loss of power; the file is complete without it.
        fsync(descriptor)
    }

    private func write(_ bytes: [UInt8], to file: CInt) throws(WriteFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe writeBytes(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            rest = rest.dropFirst(count)
        }
    }

    private func failure() -> WriteFailure { WriteFailure(Self.words(errno)) }

    private static func words(_ code: CInt) -> String { unsafe String(cString: strerror(code)) }

    /// Does something while no other process does so with the same directory. Where the file system has no locks, or the
    /// other one stands still, it is done all the same.
    func alone<Value, Failure>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        for _ in 0..<Self.maximumLockTries {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { break }
            usleep(Self.lockPause)
        }
        defer { flock(descriptor, LOCK_UN) }
        return try body()
    }

    private static func problem(_ path: String, _ message: String, _ suggestion: String) -> ConfigurationError {
        let problem = ConfigurationProblem(severity: .error, source: path, message: message, suggestion: suggestion)
        return ConfigurationError(code: .unreadable, problems: [problem])
    }
}

// The names of these calls are those of methods, too.

private func readBytes(_ descriptor: CInt, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, start, count)
}

private func writeBytes(_ descriptor: CInt, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, start, count)
}
