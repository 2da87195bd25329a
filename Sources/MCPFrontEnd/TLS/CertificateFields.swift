import SwiftASN1

/// Reads what a certificate says of itself that BoringSSL has read, and tells nobody.
struct CertificateFields {
    let issuer: ASN1Node
    let subject: ASN1Node
    /// Nil where it is of the first version, which has none.
    let extensions: [ASN1Node]?

    /// - Parameter certificate: The whole certificate (DER).
    init(of certificate: [UInt8]) throws {
        let whole = try DER.parse(certificate).members(.sequence)
        guard let signed = whole.first else { throw ASN1Error.invalidASN1Object(reason: "an empty certificate") }
        var fields = try signed.members(.sequence)[...]
        // The version stands in front where it is not the first one (RFC 5280, 4.1).
        let hasVersion = fields.first?.identifier == Self.mark(0)
        if hasVersion { fields = fields.dropFirst() }
        // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo.
        guard fields.count >= 6 else {
            throw ASN1Error.invalidASN1Object(reason: "a certificate without a subject")
        }
        fields = fields.dropFirst(2)
        issuer = fields[fields.startIndex]
        subject = fields[fields.startIndex + 2]
        let marked = fields.first { $0.identifier == Self.mark(3) }
        extensions =
            hasVersion ? try marked.flatMap { try $0.members(Self.mark(3)).first }?.members(.sequence) ?? [] : nil
    }

    private static func mark(_ number: UInt) -> ASN1Identifier {
        ASN1Identifier(tagWithNumber: number, tagClass: .contextSpecific)
    }
}

extension ASN1Node {
    /// Returns what stands in it; it has to be of this kind.
    func members(_ identifier: ASN1Identifier) throws -> [ASN1Node] {
        guard self.identifier == identifier, case .constructed(let nodes) = content else {
            throw ASN1Error.unexpectedFieldType(self.identifier)
        }
        return Array(nodes)
    }
}
