/// What a process, such as the proxy itself, takes at one moment.
package struct ProcessMoment: Sendable, Equatable {
    package var use: ProcessUse
    package var virtualBytes: UInt64
    package var openFiles: Int
    /// How many files it may have open.
    package var maximumFiles: UInt64
    /// When it was started, in seconds since 1970; nil where that cannot be found out.
    package var started: Double?

    package init(
        use: ProcessUse, virtualBytes: UInt64, openFiles: Int, maximumFiles: UInt64, started: Double?
    ) {
        self.use = use
        self.virtualBytes = virtualBytes
        self.openFiles = openFiles
        self.maximumFiles = maximumFiles
        self.started = started
    }
}

// MARK: - The proxy itself

extension Exposition {
    /// Writes what the proxy itself takes.
    package mutating func add(_ itself: ProcessMoment) {
        begin(.processorTime)
        add(itself.use.processorSeconds)
        begin(.residentMemory)
        add(itself.use.residentBytes)
        begin(.virtualMemory)
        add(itself.virtualBytes)
        begin(.openFiles)
        add(itself.openFiles)
        begin(.maximumFiles)
        add(itself.maximumFiles)
        guard let started = itself.started else { return }
        begin(.startTime)
        add(started)
    }

    /// Writes how many there are of something.
    package mutating func add(_ family: MetricFamily, _ number: Int) {
        begin(family)
        add(number)
    }
}
