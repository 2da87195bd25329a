import MCPUpstream
import NIOCore
import NIOPosix
import ProxyConfiguration

/// Fetches a configuration from an http(s) URL.
enum RemoteConfiguration {
    /// - Throws: `ConfigurationError` that says what went wrong and what to try.
    static func download(_ request: RemoteConfigurationRequest, insecure: Bool) async throws(ConfigurationError)
        -> [UInt8]
    {
        do {
            var download = HTTPDownload(url: try UpstreamURL(request.url))
            download.headers = request.headers.map { ($0.name, $0.value.reveal()) }
            if let timeout = request.timeout { download.timeout = .milliseconds(timeout.milliseconds) }
            download.maximumBytes = ConfigurationLoader.maximumBytes
            download.trust = insecure ? .unverified : .verified
            let content = try await download.fetch(on: MultiThreadedEventLoopGroup.singleton.next())
            return Array(content.bytes.readableBytesView)
        } catch {
            let problem = ConfigurationProblem(
                severity: .error,
                source: request.displayURL,
                keyPath: "",
                message: "the configuration could not be fetched: \(error)",
                suggestion: "Check the URL, --http-headers and --http-timeout"
            )
            throw ConfigurationError(code: .unreadable, problems: [problem])
        }
    }
}
