/// The certificate that the listener shows, and whose clients it believes (`mcpProxy.tls`). The files are read when the
/// proxy starts, and again when they change.
package struct ListenerTLSSettings: Sendable, Equatable {
    /// The certificate and those between it and its authority (PEM).
    package var certificateFile: String
    /// The private key (PEM), without a password; the same file where the certificate's has it.
    package var keyFile: String
    /// The authorities of clients (PEM); nil where no client is asked for a certificate.
    package var clientCAFile: String?

    /// Files as named; nothing is read here.
    package init(certificateFile: String, keyFile: String? = nil, clientCAFile: String? = nil) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile ?? certificateFile
        self.clientCAFile = clientCAFile
    }

    /// All files, the same one once.
    package var files: [String] {
        [certificateFile] + (keyFile == certificateFile ? [] : [keyFile]) + (clientCAFile.map { [$0] } ?? [])
    }
}
