import Metrics

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The processes of this machine at one moment, as Linux tells of them below `/proc`. Elsewhere there are none.
struct ProcessTable {
    private let processes: [Int32: ProcessStatus]
    private let children: [Int32: [Int32]]

    /// - Parameter processes: Each once.
    init(_ processes: [ProcessStatus]) {
        self.processes = Dictionary(processes.map { ($0.id, $0) }) { first, _ in first }
        children = Dictionary(grouping: processes) { $0.parent }.mapValues { $0.map(\.id) }
    }

    /// Those that there are now. What ends meanwhile is left out.
    static var current: ProcessTable {
        ProcessTable(
            names(in: "/proc").compactMap { name in
                // It may have ended since it was listed.
                guard let file = try? SmallFile("/proc/\(name)/stat", atMost: 4_096) else { return nil }
                return ProcessStatus(String(decoding: file.bytes, as: UTF8.self))
            })
    }

    /// The numbers by which something is called in a directory; none where there is no such directory.
    private static func names(in directory: String) -> [String] {
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: entry.pointee.d_name) { start in
                unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.utf8.first.map({ (0x30...0x39).contains($0) }) == true { names.append(name) }
        }
        return names
    }

    /// What a process takes with all that it has started, and what those have; nil where there is no such process.
    func use(of root: Int32) -> ProcessUse? {
        guard processes[root] != nil else { return nil }
        var (use, waiting, seen) = (ProcessUse(residentBytes: 0, processorSeconds: 0), [root], Set<Int32>())
        while let id = waiting.popLast() {
            // Numbers are given out anew, so that what was read at two times may make a circle.
            guard let process = processes[id], seen.insert(id).inserted else { continue }
            use.residentBytes += process.residentPages * UInt64(Self.pageSize)
            use.processorSeconds += Double(process.ticks) / Double(Self.ticksPerSecond)
            waiting += children[id] ?? []
        }
        return use
    }

    /// The proxy itself; nil where nothing is known of processes.
    var itself: ProcessMoment? {
        let id = getpid()
        guard let process = processes[id] else { return nil }
        var limit = rlimit()
        let isKnown = unsafe getrlimit(Self.fileLimit, &limit) == 0
        let seconds = Double(process.startTicks) / Double(Self.ticksPerSecond)
        return ProcessMoment(
            use: ProcessUse(
                residentBytes: process.residentPages * UInt64(Self.pageSize),
                processorSeconds: Double(process.ownTicks) / Double(Self.ticksPerSecond)),
            virtualBytes: process.virtualBytes,
            openFiles: Self.names(in: "/proc/self/fd").count,
            maximumFiles: isKnown ? UInt64(limit.rlim_cur) : 0,
            started: Self.bootTime.map { $0 + seconds })
    }

    /// When the machine was started, in seconds since 1970.
    private static let bootTime: Double? = {
        // Where there is none the time is left out.
        guard let file = try? SmallFile("/proc/stat", atMost: 16 << 20) else { return nil }
        let line = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) }
    }()

    #if canImport(Glibc)
        private static let fileLimit = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let fileLimit = RLIMIT_NOFILE
    #endif

    private static let pageSize = max(1, sysconf(Int32(_SC_PAGESIZE)))
    private static let ticksPerSecond = max(1, sysconf(Int32(_SC_CLK_TCK)))
}

/// What Linux tells of one process in `/proc/…/stat` (proc_pid_stat(5)).
struct ProcessStatus: Equatable {
    let id: Int32
    let parent: Int32
    /// The processor time that it has had.
    let ownTicks: UInt64
    /// The same, and that of children that it has waited for.
    let ticks: UInt64
    /// When it was started, counted from the start of the machine.
    let startTicks: UInt64
    let virtualBytes: UInt64
    let residentPages: UInt64

    /// nil where the text is none of these.
    init?(_ text: String) {
        // The name of the program stands in parentheses, and may have any in itself.
        guard let opening = text.firstIndex(of: "("), let closing = text.lastIndex(of: ")"),
            let id = Int32(text[..<opening].trimmingSpaces)
        else { return nil }
        let fields = text[text.index(after: closing)...].split(whereSeparator: \.isWhitespace)
        guard fields.count > 21, let parent = Int32(fields[1]), let start = UInt64(fields[19]),
            let virtual = UInt64(fields[20]), let pages = UInt64(fields[21])
        else { return nil }
        let times = fields[11...14].compactMap { UInt64($0) }
        guard times.count == 4 else { return nil }
        (self.id, self.parent, ticks, ownTicks) = (id, parent, times.reduce(0, +), times[0] + times[1])
        (startTicks, virtualBytes, residentPages) = (start, virtual, pages)
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String { filter { !$0.isWhitespace } }
}
