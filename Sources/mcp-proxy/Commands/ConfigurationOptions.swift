import ArgumentParser
import MCPUpstream
import ProxyConfiguration
import ProxyControl
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where the configuration comes from; the same options as the original program's.
struct ConfigurationOptions: ParsableArguments {
    static let defaultPath = "config.json"
    static let usualTimeout = 10

    @Option(help: ArgumentHelp("Path to the configuration file, or an http(s) URL.", valueName: "path or url"))
    var config = defaultPath

    @Option(
        name: .customLong("expand-env"),
        help: ArgumentHelp(
            "Puts environment variables into the configuration, for ${NAME}, $NAME and ${NAME:-text}; $$ is a dollar sign. With =false everything stays as it is written.",
            valueName: "true or false")
    )
    var expandEnv = true

    @Option(
        name: .customLong("http-headers"),
        help: "Headers for a configuration URL: 'Key1:Value1;Key2:Value2'."
    )
    var httpHeaders = ""

    @Option(name: .customLong("http-timeout"), help: "Time limit in seconds for a configuration URL.")
    var httpTimeout = usualTimeout

    @Option(
        help: ArgumentHelp(
            "Does not verify the certificate of a configuration URL. Whoever is between can then change what runs here.",
            valueName: "true or false"))
    var insecure = false

    /// The variables that are expanded; nil for none.
    var environment: [String: String]? { expandEnv ? ProcessInfo.processInfo.environment : nil }

    /// Reads and checks the configuration.
    ///
    /// - Throws: `ConfigurationError` with every problem in words.
    func load() async throws -> LoadedConfiguration {
        try await source().load()
    }

    /// Where the configuration can be read from again and again.
    ///
    /// - Throws: `ConfigurationError` for a URL that cannot be used.
    func source() throws(ConfigurationError) -> ConfigurationSource {
        guard RemoteConfigurationRequest.isRemote(config) else {
            let marks = Mutex<[String: String]>([:])
            let last = LastLoaded()
            return ConfigurationSource(
                location: config,
                isRemote: false,
                load: { () async throws(ConfigurationError) in
                    let secrets = SecretFileReader(beside: config)
                    defer { marks.withLock { $0 = secrets.marks } }
                    return last.note(try read(try readFile(), from: config, secrets))
                },
                rehearse: { () async throws(ConfigurationError) in
                    try read(try readFile(), from: config, SecretFileReader(beside: config))
                },
                firstMark: FileMark.of(config),
                secrets: { marks.withLock { $0 } },
                loaded: { last.value },
                mark: { FileMark.of(config) }
            )
        }
        let request = try RemoteConfigurationRequest(
            url: config, headers: httpHeaders, timeoutSeconds: httpTimeout)
        let remote = RemoteConfiguration(request, insecure: insecure)
        let last = LastLoaded()
        return ConfigurationSource(
            location: request.displayURL,
            isRemote: true,
            load: { () async throws(ConfigurationError) in
                last.note(try read(try await remote.fetch(), from: request.displayURL, nil))
            },
            rehearse: { () async throws(ConfigurationError) in
                try read(try await remote.fetch(), from: request.displayURL, nil)
            },
            firstMark: RemoteConfiguration.firstEdition,
            loaded: { last.value },
            mark: { await remote.edition() }
        )
    }

    private static let noFiles = SecretFiles.none(
        because: "is not read: a configuration at a URL reads no files of this machine")

    private func read(
        _ text: [UInt8], from source: String, _ secrets: SecretFileReader?
    ) throws(ConfigurationError) -> LoadedConfiguration {
        try ConfigurationLoader.load(
            text: text, source: source, format: ConfigurationFormat(pathOrURL: config), environment: environment,
            files: NamedFiles { path throws(ConfigurationError) in
                secrets?.note(path)
                return try TextFile(path: path).read()
            },
            secrets: secrets?.files ?? Self.noFiles)
    }

    /// The commands that would not be found where this runs; the configuration may be meant for another machine.
    func commandWarnings(_ servers: [ServerSettings]) -> [ConfigurationProblem] {
        let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return servers.compactMap { server in
            guard !server.options.disabled, server.cannotStart == nil,
                case .stdio(let command, _, let environment, let folder) = server.transport
            else { return nil }
            let path = environment["PATH"]?.reveal() ?? searchPath
            guard let fault = CommandLookup.fault(of: command, searchPath: path, workingDirectory: folder) else {
                return nil
            }
            return warning(server.keyPath("command"), fault)
        }
    }

    /// The files with certificates that cannot be used where this runs.
    func certificateWarnings(_ settings: ProxySettings) -> [ConfigurationProblem] {
        let servers = settings.servers.filter { !$0.options.disabled }
        let authorities =
            [("mcpProxy.trustedCAFile", settings.trustedCAFile)]
            + servers.map { ($0.keyPath("trustedCAFile"), $0.egress.trustedCAFile) }
        let identities =
            [("mcpProxy.clientCertificateFile", settings.clientCertificateFile)]
            + servers.map { ($0.keyPath("clientCertificateFile"), $0.egress.clientCertificateFile) }
        let faults =
            authorities.map { ($0, $1.flatMap { EgressRules.fault(of: $0) }) }
            + identities.map { ($0, $1.flatMap { EgressRules.fault(ofIdentity: $0) }) }
        return faults.compactMap { keyPath, fault in
            fault.map { warning(keyPath, $0, "Without it no server that needs it is reached over https://") }
        }
    }

    /// What is wrong with the private keys with which the proxy shows authorization servers who it is.
    func keyWarnings(_ settings: ProxySettings) -> [ConfigurationProblem] {
        SigningKeyFile.faults(of: settings.servers).map { keyPath, fault in
            warning(keyPath, fault, "Without it the proxy gets no token for this server")
        }
    }

    private func warning(_ keyPath: String, _ message: String, _ suggestion: String? = nil) -> ConfigurationProblem {
        ConfigurationProblem(
            severity: .warning, source: RemoteConfigurationRequest.display(config), keyPath: keyPath, message: message,
            suggestion: suggestion)
    }

    /// What is to be done about the certificate that clients are shown; an error where the proxy would not start with it.
    func listenerProblems(_ settings: ProxySettings) -> [ConfigurationProblem] {
        guard let tls = settings.tls else { return [] }
        func problem(_ severity: ConfigurationProblem.Severity, _ message: String) -> ConfigurationProblem {
            ConfigurationProblem(
                severity: severity, source: RemoteConfigurationRequest.display(config), keyPath: "mcpProxy.tls",
                message: message)
        }
        do throws(CertificateFiles.Fault) {
            return try CertificateFiles.remarks(on: tls).map { problem(.warning, $0) }
        } catch {
            return [problem(.error, error.description)]
        }
    }

    private func readFile() throws(ConfigurationError) -> [UInt8] {
        if let text = try TextFile(path: config).read(takesPipes: true) { return text }
        let problem = ConfigurationProblem(
            severity: .error, source: config, message: "there is no such file",
            suggestion: "Create it, or name another one with --config PATH")
        throw ConfigurationError(code: .unreadable, problems: [problem])
    }
}
