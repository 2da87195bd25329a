import ProxyConfiguration

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

/// A file of text that is read and replaced as a whole.
struct TextFile {
    /// The path, as somebody wrote it.
    let path: String
    /// What such a file is usually called, for whoever names a directory.
    var usualName = "config.json"

    /// Replaces the text at once: at any time the file has either the old text or the new one.
    ///
    /// A new file is for its owner only; an old one keeps its owner and mode. Links are followed.
    ///
    /// - Parameter old: What the file had when it was read; nil if there was none.
    /// - Throws: ``CommandFailure``; the file is then as it was.
    func replace(_ old: [UInt8]?, with new: [UInt8]) throws(CommandFailure) {
        let target = resolved
        var status = stat()
        let exists = unsafe stat(target, &status) == 0
        let temporary = "\(folder(of: target))/.mcp-proxy-\(UInt64.random(in: .min ... .max)).tmp"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("no file can be made beside \(path)") }
        do throws(CommandFailure) {
            defer { close(descriptor) }
            try write(new, to: descriptor)
            if exists {
                if status.st_uid != geteuid() || status.st_gid != getegid() {
                    guard fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
                        throw failure("the owner of \(path) cannot be kept")
                    }
                }
                guard fchmod(descriptor, status.st_mode & 0o7777) == 0 else {
                    throw failure("the mode of \(path) cannot be kept")
                }
            }
            guard fsync(descriptor) == 0 else { throw failure("\(path) cannot be written") }
            try checkUnchanged(old)
            guard unsafe rename(temporary, target) == 0 else { throw failure("\(path) cannot be replaced") }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        syncFolder(of: target)
    }

    private func checkUnchanged(_ old: [UInt8]?) throws(CommandFailure) {
        let now: [UInt8]?
        do {
            now = try read()
        } catch {
            throw CommandFailure("\(path) can no longer be read; nothing was written")
        }
        guard now == old else {
            throw CommandFailure("\(path) has been changed meanwhile; nothing was written, try again")
        }
    }

    private func write(_ bytes: [UInt8], to descriptor: CInt) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe writeBytes(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("\(path) cannot be written") }
            rest = rest.dropFirst(count)
        }
    }

    private func writeBytes(_ descriptor: CInt, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, start, count)
        #else
            unsafe Darwin.write(descriptor, start, count)
        #endif
    }

    /// The file behind links: a link is to go on pointing to it.
    private var resolved: String {
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    private func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Makes the new name last through a loss of power; the file is complete without it.
    private func syncFolder(of path: String) {
        let descriptor = unsafe open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private func failure(_ what: String) -> CommandFailure {
        let reason = unsafe String(cString: strerror(errno))
        return CommandFailure("\(what): \(reason); nothing was written")
    }
}
