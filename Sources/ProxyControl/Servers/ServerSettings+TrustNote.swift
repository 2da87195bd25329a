package import ProxyConfiguration

extension ServerSettings {
    /// What everybody is to know who looks at the server; nil where its certificate is verified, or it has none.
    package var trustNote: String? {
        takesAnyCertificate ? "its certificate is not verified (insecureSkipVerify)" : nil
    }
}
