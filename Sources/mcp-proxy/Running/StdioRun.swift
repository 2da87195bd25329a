import Audit
import Logging
import MCPFrontEnd
import MCPGateway
import Metrics
import NIOCore
import NIOPosix
import ProxyConfiguration
import ProxyControl

/// One run as the server of one client: open, serve until the client has said everything, drain, close.
struct StdioRun {
    private let settings: ProxySettings
    private let group: GroupSettings?
    private let known: KnownServers
    private let advice: LoginAdvice
    /// What makes the links to the servers; nil where they are what the settings say.
    private let links: (any ServerLinks)?
    private let logger: Logger

    /// - Parameters:
    ///   - group: What of the servers is offered together; nil for the first server alone.
    ///   - advice: What is said to whoever is to log in to a server.
    init(
        _ settings: ProxySettings, group: GroupSettings?, known: KnownServers, advice: LoginAdvice, logger: Logger,
        links: (any ServerLinks)? = nil
    ) {
        self.links = links
        self.advice = advice
        self.settings = settings
        self.group = group
        self.known = known
        self.logger = logger
    }

    /// Serves until the input ends, or a signal arrives.
    ///
    /// - Returns: The exit status: 0 at the end, 1 when a line of the client was too long to be read.
    func run(until signals: EventCount) async -> Int32 {
        let eventLoops = MultiThreadedEventLoopGroup.singleton
        let watch = EventCount()
        let meters = Meters()
        let exporter = SpanExporter(
            named: EnvironmentVariable.value, settings, meters, on: eventLoops.next(), logger: logger)
        let composition = Composition(
            settings, links: links, eventLoops: eventLoops, logger: logger, watch: watch, clientele: .oneClient,
            known: known, group: group, advice: advice, meters: meters, tracer: exporter?.tracer)
        exporter?.begin()
        let streams = StandardStreams()
        let ended = EventCount()
        guard
            let client = composition.stdioClient(
                on: eventLoops.next(), write: { streams.write($0) }, onEnd: { ended.note() })
        else {
            return 1
        }
        let input = Input()
        read(streams, client, input)
        let run = Draining(composition: composition, settings: settings)
        await Race.first(
            { await input.ended.wait(past: 0) },
            { await signals.wait(past: 0) },
            { await ended.wait(past: 0) }
        )
        // What was asked is still answered, as it is for a client that writes everything into a pipe at once.
        await run.drain(signals) {
            client.eventLoop.execute { client.end(reason: "the client has gone") }
            composition.close()
        }
        await known.finish()
        await composition.gateway.audit?.end()
        await exporter?.end()
        streams.flush()
        return input.hasFailed ? 1 : 0
    }

    private func read(_ streams: StandardStreams, _ client: StdioClient, _ input: Input) {
        streams.read { [logger] bytes, done in
            guard let bytes else {
                client.eventLoop.execute { client.settle { input.end(failed: false) } }
                return done()
            }
            client.eventLoop.execute {
                defer { done() }
                guard !input.hasFailed else { return }
                do {
                    try client.receive(bytes)
                } catch {
                    logger.error("a line of the client is longer than limits.maxBodyBytes allows")
                    input.end(failed: true)
                }
            }
        }
    }
}

/// What is known of the input.
private final class Input: Sendable {
    let ended = EventCount()
    private let failure = EventCount()

    var hasFailed: Bool { failure.current > 0 }

    func end(failed: Bool) {
        if failed { failure.note() }
        ended.note()
    }
}
