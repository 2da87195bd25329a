/// The keys under `mcpProxy.tls`.
enum ListenerTLSKey {
    /// All of them, in the order of the documentation.
    static let all = [
        KnownKey(
            "certificateFile", .text,
            "The certificate that clients are shown, and those between it and its authority (PEM).",
            hints: #""minLength": 1, "examples": ["/etc/mcp-proxy/tls.crt"]"#),
        KnownKey(
            "keyFile", .text,
            "The private key of the certificate (PEM), without a password. Left out: it is in certificateFile.",
            hints: #""examples": ["/etc/mcp-proxy/tls.key"]"#),
        KnownKey(
            "clientCAFile", .text,
            "The authorities of clients (PEM). A client that shows a certificate has to show one of theirs; one that shows none needs a token."
        ),
    ]
}
