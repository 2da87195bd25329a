import ArgumentParser
import ProxyConfiguration

/// Fetches a configuration from an http(s) URL.
enum RemoteConfiguration {
    static func download(_ request: RemoteConfigurationRequest, insecure: Bool) async throws -> [UInt8] {
        throw ValidationError("not yet")
    }
}
