import Logging
import MCPGateway
import NIOPosix
import ProxyConfiguration
import ProxyControl

/// Servers that run for one command.
struct OneShotServers {
    /// How many lines of a server's standard error are shown.
    fileprivate static let shownErrorLines = 8

    /// A server has refused what it was asked, or could not be asked.
    struct Failure: Error {
        let refusal: OneClient.Refusal
        /// What is known of the server's own trouble.
        let status: ServerStatus?

        /// All of that, beginning with the refusal.
        var words: String {
            guard let status, let error = status.error.map(ShownOutput.printable) else { return refusal.words }
            let reason = refusal.words.contains(error) ? "" : "\n    \(error)"
            let lines = status.errorOutput.suffix(OneShotServers.shownErrorLines)
            return refusal.words + reason + lines.map { "\n    | \(ShownOutput.printable($0))" }.joined()
        }
    }

    private let settings: ProxySettings
    private let watch = EventCount()
    private let composition: Composition

    /// - Parameters:
    ///   - clientele: One client, or nobody in particular who looks at the servers.
    ///   - group: What the client is offered together; nil for the first server alone.
    ///   - configuration: Where the servers stand; nil for what a running proxy offers.
    init(
        _ settings: ProxySettings, for clientele: Clientele, group: GroupSettings? = nil,
        of configuration: String? = nil
    ) {
        self.settings = settings
        // What goes wrong is said with the command's own outcome.
        let logger = Logger(label: "mcp-proxy") { _ in SwiftLogNoOpLogHandler() }
        composition = Composition(
            settings, eventLoops: MultiThreadedEventLoopGroup.singleton, logger: logger, watch: watch,
            clientele: clientele, group: group, advice: configuration.map { .command(configuration: $0) } ?? .running)
    }

    /// Which servers could not be used, and why.
    var failures: [String] {
        composition.servers.compactMap { server in
            let status = server.connections.status
            guard status.state == .failed else { return nil }
            return "\(server.settings.displayName): \(ShownOutput.printable(status.error ?? "no reason known"))"
        }
    }

    /// Starts what the client is offered, lends a client of it, and ends both.
    ///
    /// - Throws: `Failure`, and what the body throws.
    func withClient<Value: Sendable>(
        _ signals: TerminationSignals, _ body: @escaping @Sendable (OneClient) async throws -> Value
    ) async throws -> Value {
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let client = OneClient(of: composition, on: eventLoop) { Interruption.tellWaiting("… \($0)") }
        do {
            return try await run(signals, atEnd: { client.end() }) { try await body(client) }
        } catch let error as OneClient.Refusal {
            throw Failure(refusal: error, status: composition.servers.first?.connections.status)
        }
    }

    /// Starts all servers, waits until each has come up or failed, and ends them.
    ///
    /// - Returns: The servers with what was seen of them.
    func look(_ signals: TerminationSignals) async throws -> [(server: ServerSettings, status: ServerStatus)] {
        let (composition, watch) = (composition, watch)
        return try await run(signals) {
            while true {
                let seen = watch.current
                try Task.checkCancellation()
                let statuses = composition.servers.map { ($0.settings, $0.connections.status) }
                let isOpen = statuses.contains { $1.state == .starting || ($1.state == .ready && !$1.isCatalogKnown) }
                guard isOpen else { return statuses }
                await watch.wait(past: seen)
            }
        }
    }

    private func run<Value: Sendable>(
        _ signals: TerminationSignals, atEnd: () -> Void = {}, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        composition.start()
        let outcome: Result<Value, any Error>
        do {
            outcome = .success(try await Interruption.race(signals, body))
        } catch {
            outcome = .failure(error)
        }
        atEnd()
        await Draining(composition: composition, settings: settings).drain(signals.arrivals) { composition.close() }
        return try outcome.get()
    }
}
