/// Says why a certificate cannot be shown to clients.
package struct CertificateFault: Error, Equatable, CustomStringConvertible {
    /// Says what is wrong.
    package enum Code: Sendable {
        case noCertificate
        case noKey
        case encryptedKey
        case keyDoesNotFit
        case noClientAuthority
        case noRootAuthority
        case expired
        case notYetValid
        case unusable
    }

    /// Which of them.
    package let code: Code
    /// What the library says, or when the certificate is in force.
    package let detail: String

    init(_ code: Code, _ detail: String = "") {
        self.code = code
        self.detail = detail
    }

    /// What is wrong, about the file of ``setting``.
    package var description: String {
        switch code {
        case .noCertificate: "holds no certificate in PEM"
        case .noKey: "holds no private key in PEM"
        case .encryptedKey: "holds a private key with a password, which nobody could be asked for"
        case .keyDoesNotFit: "holds another key than that of the certificate"
        case .noClientAuthority: "holds no certificate of an authority in PEM"
        case .noRootAuthority:
            "holds no certificate of an authority that signs itself, so that no client's certificate leads to one"
        case .expired: "holds a certificate that has expired (\(detail))"
        case .notYetValid: "holds a certificate that is not in force yet (\(detail))"
        case .unusable: "cannot be used: \(detail)"
        }
    }

    /// What to do about it.
    package var remedy: String {
        switch code {
        case .noCertificate: "put the certificate first in it, then those between it and its authority"
        case .noKey: "put the key into it, as -----BEGIN PRIVATE KEY-----"
        case .encryptedKey: "write it without one: openssl pkey -in key.pem -out plain.pem"
        case .keyDoesNotFit: "name the key with which the certificate was asked for"
        case .noClientAuthority: "put the certificates of the authorities of clients into it"
        case .noRootAuthority:
            "put the root certificate of the clients' authority into it (CA:TRUE), not that of a client or of this proxy"
        case .expired: "renew the certificate"
        case .notYetValid: "wait, or look at the clock of this machine"
        case .unusable: "make certificate and key anew"
        }
    }

    /// Which key of the configuration names the file.
    package var setting: String {
        switch code {
        case .noCertificate, .expired, .notYetValid, .unusable: "certificateFile"
        case .noKey, .encryptedKey, .keyDoesNotFit: "keyFile"
        case .noClientAuthority, .noRootAuthority: "clientCAFile"
        }
    }
}
