import Logging
import MCPCore
import MCPFrontEnd
import MCPGateway
import NIOCore
import NIOPosix
import ProxyConfiguration
import ProxyControl
import Recordings

/// Serves what was recorded of servers, in their place.
struct MockRun {
    private let settings: ProxySettings
    private let links: RecordedLinks
    private let logger: Logger

    /// - Parameters:
    ///   - names: The servers whose answers are served.
    ///   - address: Where, as `addr` of a configuration has it; nil for standard input and output.
    init(_ recording: ReadRecording, of names: [String], at address: String?, logger: Logger) throws {
        let servers = names.map { RecordedServer($0, in: recording) }
        for server in servers where server.isUnknown {
            Terminal.error(
                "mcp-proxy: what \(server.name) says of itself is not in the recording, so that something is made up")
        }
        links = RecordedLinks(servers)
        settings = try Self.settings(names, address)
        self.logger = logger
    }

    /// The settings that a file would have, so that names and the address are checked as there.
    private static func settings(_ names: [String], _ address: String?) throws -> ProxySettings {
        var proxy = JSONObjectWriter()
        proxy.add("addr", address)
        proxy.add("type", "streamable-http")
        var servers = JSONObjectWriter()
        for name in names { servers.add(name, json: ByteBuffer(string: #"{"command":"recording"}"#)) }
        var file = JSONObjectWriter()
        file.add("mcpProxy", json: proxy.finished)
        file.add("mcpServers", json: servers.finished)
        return try ConfigurationLoader.load(
            text: Array(file.finished.readableBytesView), source: "the recording", format: .json, environment: nil,
            secrets: SecretFileReader(in: ".").files
        ).settings
    }

    /// Serves one client over standard input and output.
    func serveStandardStreams(until signals: TerminationSignals) async -> Int32 {
        await StdioRun(
            settings, group: nil, known: KnownServers(logger: logger, hasAPI: false), advice: .url, logger: logger,
            links: links
        ).run(until: signals.arrivals)
    }

    /// Serves over HTTP until a signal arrives.
    func serve(until signals: TerminationSignals) async throws {
        let eventLoops = MultiThreadedEventLoopGroup.singleton
        let composition = Composition(
            settings, links: links, eventLoops: eventLoops, logger: logger, watch: EventCount(),
            clientele: ListenerAddress.isLocal(settings) ? .onePerson : .perhapsStrangers,
            known: KnownServers(logger: logger, hasAPI: false))
        let door = composition.frontDoor()
        do {
            try await door.open(on: eventLoops)
        } catch {
            throw CommandFailure("\(error)")
        }
        composition.start()
        let host = settings.address.host ?? "127.0.0.1"
        let shown = host.contains(":") ? "[\(host)]" : host
        for server in settings.servers {
            let path = PathEncoding.encode(server.name)
            Terminal.error(
                "\(server.displayName) as it was recorded: http://\(shown):\(door.listener.port ?? 0)/\(path)/mcp")
        }
        await signals.arrivals.wait(past: 0)
        door.listener.beginDraining()
        await Draining(composition: composition, settings: settings) { door.listener.connectionCount == 0 }
            .drain(signals.arrivals) {
                door.close()
                composition.close()
            }
    }
}
