#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tells whether a file may have been written or replaced, without reading it.
package enum FileMark {
    /// Differs when the file may; nil while there is none. Links are followed, since a mounted configuration is often
    /// replaced by turning one. What is no file, such as a pipe that has been read, never differs.
    package static func of(_ path: String) -> String? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFREG else { return "no file" }
        #if canImport(Glibc)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        return "\(status.st_dev).\(status.st_ino).\(status.st_size).\(time.tv_sec).\(time.tv_nsec)"
    }
}
