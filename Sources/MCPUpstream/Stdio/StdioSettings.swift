/// Says how to start one stdio server, and the bounds it must keep.
package struct StdioSettings: Sendable {
    package var command: String
    package var arguments: [String]
    /// Added to the proxy's own environment, where that is inherited.
    package var environment: [String: String]
    package var workingDirectory: String?
    /// The program that stands guard over the process tree, or nil to start the command itself.
    package var guardExecutable: String?
    /// The longest message, in bytes.
    package var maximumMessageBytes: Int
    /// How long the server may take to end, from the closing of its input to SIGKILL.
    package var stopTimeout: Duration
    /// How many lines of standard error are kept.
    package var keptErrorLines: Int
    /// Where the process is counted while it lives.
    package var census: LinkCensus?
    /// The open files that may be used; nil for as many as the system has.
    var descriptors: DescriptorAccount?
    /// Whether the process gets the proxy's own environment, or of that only what every program needs.
    package var inheritsEnvironment = false
    /// Takes every line of standard error as it comes. Called on the link's event loop; must be quick.
    package var errorLineRead: (@Sendable (String) -> Void)?

    package init(
        command: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        workingDirectory: String? = nil,
        guardExecutable: String? = nil,
        maximumMessageBytes: Int = 64 << 20,
        stopTimeout: Duration = .seconds(5),
        keptErrorLines: Int = 200,
        census: LinkCensus? = nil
    ) {
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.guardExecutable = guardExecutable
        self.maximumMessageBytes = maximumMessageBytes
        self.stopTimeout = stopTimeout
        self.keptErrorLines = keptErrorLines
        self.census = census
    }

    /// How long the server may take after its input was closed, before it is sent SIGTERM.
    var inputClosedGrace: Duration { stopTimeout / 2 }

    /// How long its guard may take after SIGTERM to end everything, before the proxy does that itself.
    var guardGrace: Duration { stopTimeout - inputClosedGrace }

    /// How long it may take after SIGTERM, before it is sent SIGKILL.
    var terminationGrace: Duration { stopTimeout * 3 / 10 }
}
