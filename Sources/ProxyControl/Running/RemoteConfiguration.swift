import MCPUpstream
import NIOCore
import NIOPosix
package import ProxyConfiguration
import Synchronization

/// A configuration at an http(s) URL. Asked for again, the server is told which text is known, and does not send that a
/// second time.
package final class RemoteConfiguration: Sendable {
    /// The text that was fetched last, and what its server calls it.
    private struct Known {
        var bytes: [UInt8] = []
        var tag: HTTPDownload.Tag?
        /// Rises with every text that differs.
        var edition = 0
    }

    /// What `edition` says of the text that is fetched first.
    package static let firstEdition = "1"

    private let request: RemoteConfigurationRequest
    private let insecure: Bool
    private let known = Mutex(Known())

    package init(_ request: RemoteConfigurationRequest, insecure: Bool) {
        self.request = request
        self.insecure = insecure
    }

    /// Which text it is: differs when the text does. nil while the server cannot be reached.
    package func edition() async -> String? {
        // What is wrong is told when the configuration is read.
        guard (try? await fetch()) != nil else { return nil }
        return "\(known.withLock { $0.edition })"
    }

    /// - Throws: `ConfigurationError` that says what went wrong and what to try.
    package func fetch() async throws(ConfigurationError) -> [UInt8] {
        do {
            var download = HTTPDownload(url: request.url)
            download.headers = request.headers.map { ($0.name, $0.value.reveal()) }
            if let timeout = request.timeout { download.timeout = .milliseconds(timeout.milliseconds) }
            download.maximumBytes = ConfigurationLoader.maximumBytes
            download.egress = EgressRules.ofProcess.egress(insecure: insecure)
            download.knownTag = known.withLock { $0.tag }
            let content = try await download.fetch(on: MultiThreadedEventLoopGroup.singleton.next())
            return known.withLock { known in
                guard !content.isUnchanged else { return known.bytes }
                let bytes = Array(content.bytes.readableBytesView)
                if bytes != known.bytes { known.edition += 1 }
                known.bytes = bytes
                known.tag = content.tag
                return bytes
            }
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
