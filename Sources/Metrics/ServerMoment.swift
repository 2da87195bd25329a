/// What a server is like at one moment.
package struct ServerMoment: Sendable {
    /// As it is shown.
    package let name: String
    package let state: String
    package var inFlight = 0
    package var queued = 0
    package var restarts = 0
    /// What its processes take; nil where it has none.
    package var processes: ProcessUse?
    /// What all its processes have had of processors, in seconds, with those that have ended; nil where it never had one.
    package var processorSeconds: Double?

    package init(name: String, state: String) {
        self.name = name
        self.state = state
    }
}

/// What some processes take of a machine.
package struct ProcessUse: Sendable, Equatable {
    package var residentBytes: UInt64
    package var processorSeconds: Double

    package static func + (one: ProcessUse, other: ProcessUse) -> ProcessUse {
        ProcessUse(
            residentBytes: one.residentBytes + other.residentBytes,
            processorSeconds: one.processorSeconds + other.processorSeconds)
    }

    package init(residentBytes: UInt64, processorSeconds: Double) {
        self.residentBytes = residentBytes
        self.processorSeconds = processorSeconds
    }
}
