import Addresses
package import ProxyConfiguration

extension ServerSettings {
    /// What everybody is to know who looks at the server; nil where its certificate is verified, or it has none.
    package var trustNote: String? {
        guard egress.skipsVerification, case .http(let url, _, _, _) = transport, url.origin.scheme == .https else {
            return nil
        }
        return "its certificate is not verified (insecureSkipVerify)"
    }
}
