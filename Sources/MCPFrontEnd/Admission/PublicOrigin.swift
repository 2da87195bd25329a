/// The origin under which clients and browsers reach the proxy.
struct PublicOrigin: Sendable {
    /// The one that the operator has named; nil where he has named none, and what a client has called counts.
    let configured: String?
    let speaksTLS: Bool

    /// Whether it is reached over TLS, be that of the proxy itself or of what stands before it.
    var isSecure: Bool { configured.map { $0.hasPrefix("https:") } ?? speaksTLS }

    /// Returns the origin as who has sent a request reaches it; no slash stands at its end.
    func text(for request: AdmittedRequest) -> String {
        if let configured { return configured }
        // Admission has found it to be a name of ours.
        let host = request.target.authority ?? request.http[.host] ?? "localhost"
        return "\(isSecure ? "https" : "http")://\(host.lowercased())"
    }
}
