import ArgumentParser
import MCPUpstream
import ProxyConfiguration

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where the configuration comes from; the same options as the original program's.
struct ConfigurationOptions: ParsableArguments {
    static let defaultPath = "config.json"

    @Option(help: ArgumentHelp("Path to the configuration file, or an http(s) URL.", valueName: "path or url"))
    var config = defaultPath

    @Option(
        name: .customLong("expand-env"),
        help: "Expand ${VAR} and $VAR in the configuration: true or false."
    )
    var expandEnv = true

    @Option(
        name: .customLong("http-headers"),
        help: "Headers for a configuration URL: 'Key1:Value1;Key2:Value2'."
    )
    var httpHeaders = ""

    @Option(name: .customLong("http-timeout"), help: "Time limit in seconds for a configuration URL.")
    var httpTimeout = 10

    @Option(help: "Do not verify the certificate of a configuration URL: true or false.")
    var insecure = false

    /// The variables that are expanded; nil for none.
    var environment: [String: String]? { expandEnv ? ProcessInfo.processInfo.environment : nil }

    /// Reads and checks the configuration.
    ///
    /// - Throws: `ConfigurationError` with every problem in words.
    func load() async throws -> LoadedConfiguration {
        if RemoteConfigurationRequest.isRemote(config) {
            let request = try RemoteConfigurationRequest(
                url: config,
                headers: httpHeaders,
                timeoutSeconds: httpTimeout
            )
            let bytes = try await RemoteConfiguration.download(request, insecure: insecure)
            return try ConfigurationLoader.load(
                text: bytes,
                source: request.displayURL,
                format: ConfigurationFormat(pathOrURL: config),
                environment: environment
            )
        }
        return try ConfigurationLoader.load(
            text: try readFile(),
            source: config,
            format: ConfigurationFormat(pathOrURL: config),
            environment: environment
        )
    }

    private func readFile() throws(ConfigurationError) -> [UInt8] {
        do {
            return try Array(Data(contentsOf: URL(filePath: config)))
        } catch {
            let exists = FileManager.default.fileExists(atPath: config)
            let problem = ConfigurationProblem(
                severity: .error,
                source: config,
                keyPath: "",
                message: exists ? "the file cannot be read" : "there is no such file",
                suggestion: exists
                    ? "Let the user that runs mcp-proxy read it"
                    : "Create it, or name another one with --config PATH"
            )
            throw ConfigurationError(code: .unreadable, problems: [problem])
        }
    }
}
