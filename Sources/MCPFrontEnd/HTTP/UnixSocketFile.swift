import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file of a Unix socket that this process listens on.
///
/// Nobody may connect whom the mode of the file keeps out, at no time: the socket is bound, given its mode, and only then
/// listened on; until then a connection is refused to everybody. The umask is left alone, since it is that of all threads.
struct UnixSocketFile: Sendable {
    /// For the user and the group that the proxy runs as.
    private static let mode: mode_t = 0o660
    private static let backlog: CInt = 4_096
    private static let maximumLockTries = 200
    /// In microseconds.
    private static let lockPause: UInt32 = 10_000

    let path: String
    private let mark: Mark

    /// Holds what a file is known by. The number of one that was removed is given to the next, which is younger.
    private struct Mark: Equatable {
        private let device: dev_t
        private let inode: ino_t
        private let seconds: Int
        private let nanoseconds: Int

        init(_ status: stat) {
            #if canImport(Glibc)
                let time = status.st_mtim
            #else
                let time = status.st_mtimespec
            #endif
            (device, inode) = (status.st_dev, status.st_ino)
            (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec)
        }
    }

    /// Listens on a socket, in the place of one that nobody listens on.
    ///
    /// - Returns: The socket, which is the caller's to close, and its file.
    static func open(_ path: String) throws(ListenerError) -> (socket: CInt, file: UnixSocketFile) {
        // Of two proxies that find a stale socket, one must not remove what the other has just made.
        let folder = try lockedFolder(of: path)
        defer { close(folder) }
        let address = try address(of: path)
        try removeStale(path, address)
        let descriptor = try makeSocket(path)
        do throws(ListenerError) {
            return (descriptor, try listen(on: descriptor, path, address))
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Removes the file, unless another one has come in its place.
    func remove() {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, Mark(status) == mark else { return }
        unsafe unlink(path)
    }

    // MARK: Steps

    private static func listen(
        on descriptor: CInt, _ path: String, _ address: SocketAddress
    ) throws(ListenerError) -> UnixSocketFile {
        let isBound = unsafe address.withSockAddr { unsafe bind(descriptor, $0, socklen_t($1)) == 0 }
        guard isBound else { throw failure("the socket cannot be made", path) }
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw failure("the socket has been removed", path) }
        let file = UnixSocketFile(path: path, mark: Mark(status))
        guard unsafe chmod(path, mode) == 0, systemListen(descriptor) == 0 else {
            let error = failure("the socket cannot be listened on", path)
            file.remove()
            throw error
        }
        return file
    }

    private static func makeSocket(_ path: String) throws(ListenerError) -> CInt {
        #if canImport(Glibc)
            let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #else
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw failure("no socket can be made", path) }
        return descriptor
    }

    private static func systemListen(_ descriptor: CInt) -> CInt {
        #if canImport(Glibc)
            Glibc.listen(descriptor, backlog)
        #else
            Darwin.listen(descriptor, backlog)
        #endif
    }

    private static func lockedFolder(of path: String) throws(ListenerError) -> CInt {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = slash == path.startIndex ? "/" : String(path[..<slash])
        #if canImport(Glibc)
            let descriptor = unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #else
            let descriptor = unsafe Darwin.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #endif
        guard descriptor >= 0 else {
            throw failure("the folder \(folder) of the socket cannot be used", path, "make it, for the proxy's user")
        }
        // Anybody who may read the folder can lock it, and must not keep a proxy from starting by that.
        for _ in 0..<maximumLockTries {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { break }
            usleep(lockPause)
        }
        return descriptor
    }

    private static func address(of path: String) throws(ListenerError) -> SocketAddress {
        do {
            return try SocketAddress(unixDomainSocketPath: path)
        } catch {
            throw ListenerError(description: "cannot listen on \(path): the path is too long for a socket")
        }
    }

    /// Makes room where a proxy has left its socket behind. What anybody listens on, and what is no socket, stays.
    private static func removeStale(_ path: String, _ address: SocketAddress) throws(ListenerError) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ListenerError(
                description:
                    "cannot listen on \(path): there is a file that is no socket; remove it, or choose another "
                    + "path with \"addr\" in mcpProxy")
        }
        guard try isStale(path, address) else {
            throw ListenerError(
                description: "\(path) is in use already: another program listens on it; stop that, which "
                    + "ss -lxp 'src = \(path)' shows, or choose another path with \"addr\" in mcpProxy")
        }
        guard unsafe unlink(path) == 0 || errno == ENOENT else {
            throw failure("the socket that nobody listens on cannot be replaced", path)
        }
    }

    private static func isStale(_ path: String, _ address: SocketAddress) throws(ListenerError) -> Bool {
        let probe = try makeSocket(path)
        defer { close(probe) }
        // A queue that is full would be waited for.
        guard fcntl(probe, F_SETFL, O_NONBLOCK) == 0 else { throw failure("no socket can be made", path) }
        let isReached = unsafe address.withSockAddr { unsafe connect(probe, $0, socklen_t($1)) == 0 }
        guard !isReached else { return false }
        switch errno {
        case ECONNREFUSED, ENOENT: return true
        case EAGAIN, EINPROGRESS: return false
        default: throw failure("nobody can tell whether anybody listens on the socket", path)
        }
    }

    private static func failure(_ what: String, _ path: String, _ remedy: String? = nil) -> ListenerError {
        let reason = unsafe String(cString: strerror(errno))
        return ListenerError(
            description: "cannot listen on \(path): \(what) (\(reason)); "
                + (remedy ?? "look at who may write to its folder, or choose another path with \"addr\" in mcpProxy"))
    }
}
