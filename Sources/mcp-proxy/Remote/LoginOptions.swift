import ArgumentParser
import Logging
import MCPUpstream
import NIOPosix
import ProxyConfiguration
import ProxyControl

/// Whose login a command is about.
struct LoginOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The server.", valueName: "name"))
    var name: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions
    @OptionGroup var stateDirectory: StateDirectoryOptions

    /// Who keeps the login. Where no proxy runs and a state directory is named, that does.
    ///
    /// - Parameter makesDirectory: Whether the directory is made where it is not there.
    func way(makesDirectory: Bool) async throws -> LoginWay {
        let client = ManagementClient(place: try await .find(remote, source))
        do {
            _ = try await client.send(.get, "openapi.json")
            return .running(client)
        } catch is CommandFailure {
            // Somebody answers; whether that is of use shows when something is asked.
            return .running(client)
        } catch let error as ManagementClient.NoProxy {
            guard remote.proxy == nil, stateDirectory.path != nil else {
                throw CommandFailure(
                    "\(error.words); start it, name another one with --proxy, or name the directory of its logins with --state-dir"
                )
            }
            if !makesDirectory, let path = stateDirectory.path, PathKind(of: path) == nil {
                throw CommandFailure(
                    "nobody is logged in to \"\(name)\": there is no directory \"\(path)\" (--state-dir)")
            }
            return .stored(try await composition())
        }
    }

    private func composition() async throws -> Composition {
        let logger = Logger(label: "mcp-proxy") { _ in SwiftLogNoOpLogHandler() }
        let settings = try await source.load().settings
        let directory = try stateDirectory.open(logger)
        return Composition(
            settings, eventLoops: MultiThreadedEventLoopGroup.singleton, logger: logger, watch: EventCount(),
            clientele: .onePerson,
            known: try KnownServers(
                in: directory, grants: try StateDirectoryOptions.grants(in: directory, logger), logger: logger))
    }
}
