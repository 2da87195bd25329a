#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How long a process has been on a processor, in user and kernel mode.
package enum ProcessorTime {
    /// In nanoseconds; nil when the process has gone.
    ///
    /// The scheduler's own count of every thread where the kernel tells it (Linux, `schedstat`): the same time as
    /// utime+stime of `/proc/PID/stat`, which is the fallback, but not rounded to ticks of 10 ms.
    package static func of(_ process: Int) -> UInt64? {
        threads(of: process) ?? ticks(of: process)
    }

    private static func threads(of process: Int) -> UInt64? {
        let folder = "/proc/\(process)/task"
        guard let directory = unsafe opendir(folder) else { return nil }
        defer { unsafe closedir(directory) }
        var total: UInt64 = 0
        var found = false
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard Int(name) != nil, let text = read("\(folder)/\(name)/schedstat"),
                let time = text.split(separator: " ").first.flatMap({ UInt64($0) })
            else { continue }
            total += time
            found = true
        }
        return found ? total : nil
    }

    private static func ticks(of process: Int) -> UInt64? {
        // The name of the command may hold blanks, so that the fields are counted from its end.
        guard let text = read("/proc/\(process)/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12]) else { return nil }
        return (user + system) * 1_000_000_000 / UInt64(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func read(_ path: String) -> String? {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let capacity = bytes.count
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe systemRead(descriptor, buffer.baseAddress, capacity)
        }
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    private static func systemRead(_ descriptor: Int32, _ start: UnsafeMutableRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, start, count)
        #else
            unsafe Darwin.read(descriptor, start, count)
        #endif
    }
}
