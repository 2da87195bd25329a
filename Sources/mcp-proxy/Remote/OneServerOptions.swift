import ArgumentParser
import MCPUpstream
import ProxyConfiguration

/// For commands that do one thing to one server of a running proxy.
struct OneServerOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The server.", valueName: "name"))
    var name: String

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var source: ConfigurationOptions

    /// Has it done, and says what was done.
    ///
    /// - Parameters:
    ///   - action: The end of the server's path in the management API; nil for the server itself.
    ///   - waitsForStart: Whether the answer comes once the server has started.
    ///   - failure: What has not happened when this fails.
    func change(
        _ method: HTTPCall.Method, _ action: String? = nil, waitsForStart: Bool = false, orElse failure: String
    ) async throws {
        try await CommandFailure.reported(failure) {
            let client = ManagementClient(place: try await .find(remote, source))
            if waitsForStart { Interruption.tellWaiting("starting \(ServerName.redacted(name))…") }
            try client.show(try await client.answer(method, ManagementClient.path(name, action)))
        }
    }
}
