import Addresses
import ProxyConfiguration

extension ServerTransport {
    /// Where a remote server is; nil for a program.
    var address: (host: String, port: Int)? {
        guard case .http(let url, _, _, _) = self else { return nil }
        return (url.origin.host.description, url.origin.port)
    }
}
