#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Says what stands at a path, so that whoever named it for something else is told.
package enum PathKind: Sendable, Equatable {
    case file
    case directory
    case pipe
    case socket
    case device

    /// Nil if nothing is there, or it cannot be looked at. Links are followed.
    package init?(of path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(mode: status.st_mode)
    }

    /// What has been opened.
    package init?(ofOpen descriptor: CInt) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.init(mode: status.st_mode)
    }

    private init(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .directory
        case S_IFIFO: self = .pipe
        case S_IFSOCK: self = .socket
        default: self = .device
        }
    }

    /// What it is called.
    package var words: String {
        switch self {
        case .file: "a file"
        case .directory: "a directory"
        case .pipe: "a pipe"
        case .socket: "a socket"
        case .device: "a device"
        }
    }
}
