import SwiftASN1

/// Decides which certificates others may end at. BoringSSL takes any certificate for an authority's, and then finds no
/// client's certificate good: such a file would be noticed by those who are refused.
enum RootAuthority {
    private static let basicConstraints: ASN1ObjectIdentifier = [2, 5, 29, 19]
    private static let keyUsage: ASN1ObjectIdentifier = [2, 5, 29, 15]

    /// Tells whether the certificate is of an authority that signs itself, as BoringSSL asks of the last one of a
    /// chain.
    ///
    /// - Parameter certificate: The whole certificate (DER).
    static func isRoot(_ certificate: [UInt8]) throws -> Bool {
        let fields = try CertificateFields(of: certificate)
        guard fields.issuer.encodedBytes.elementsEqual(fields.subject.encodedBytes) else { return false }
        // Those of the first version say nothing of what they are for.
        guard let extensions = fields.extensions else { return true }
        let isAuthority = try value(of: basicConstraints, in: extensions).map(saysAuthority) ?? false
        return try isAuthority && value(of: keyUsage, in: extensions).map(allowsSigning) ?? true
    }

    /// RFC 5280, 4.2: the identifier, whether it is critical, and the value as bytes.
    private static func value(of type: ASN1ObjectIdentifier, in extensions: [ASN1Node]) throws -> ASN1Node? {
        for node in extensions {
            let parts = try node.members(.sequence)
            guard let first = parts.first, let last = parts.last, try ASN1ObjectIdentifier(derEncoded: first) == type
            else { continue }
            return try DER.parse(Array(ASN1OctetString(derEncoded: last).bytes))
        }
        return nil
    }

    /// RFC 5280, 4.2.1.9: `cA` comes first, and is left out where it is false.
    private static func saysAuthority(_ constraints: ASN1Node) throws -> Bool {
        guard let first = try constraints.members(.sequence).first, first.identifier == .boolean else { return false }
        return try Bool(derEncoded: first)
    }

    /// RFC 5280, 4.2.1.3: `keyCertSign` is the sixth bit.
    private static func allowsSigning(_ usage: ASN1Node) throws -> Bool {
        (try ASN1BitString(derEncoded: usage).bytes.first ?? 0) & 0b0000_0100 != 0
    }
}
