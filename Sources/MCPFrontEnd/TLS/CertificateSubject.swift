import MCPCore
import SwiftASN1

/// Writes whom a certificate is of, as [RFC 4514](https://www.rfc-editor.org/rfc/rfc4514) writes it. BoringSSL has read
/// the same bytes before, but tells of them the common name alone.
enum CertificateSubject {
    /// - Parameter certificate: The whole certificate (DER).
    static func text(of certificate: [UInt8]) throws -> String {
        let parts = try CertificateFields(of: certificate).subject.members(.sequence).map { part in
            try part.members(.set).map(attribute).joined(separator: "+")
        }
        return parts.reversed().joined(separator: ",")
    }

    private static func attribute(_ node: ASN1Node) throws -> String {
        let pair = try node.members(.sequence)
        guard pair.count == 2, case .primitive(let bytes) = pair[1].content else {
            throw ASN1Error.invalidASN1Object(reason: "a part of a name without a value")
        }
        let type = try ASN1ObjectIdentifier(derEncoded: pair[0]).description
        let isText = [.utf8String, .printableString, .ia5String].contains(pair[1].identifier)
        guard let name = names[type], isText, let text = String(validating: bytes, as: UTF8.self) else {
            return "\(names[type] ?? type)=#\(Hexadecimal.text(of: pair[1].encodedBytes))"
        }
        return "\(name)=\(escaped(text))"
    }

    /// The names of RFC 4514, 3; other types are written as numbers and have no text.
    private static let names = [
        "2.5.4.3": "CN", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.10": "O", "2.5.4.11": "OU", "2.5.4.6": "C",
        "2.5.4.9": "STREET", "0.9.2342.19200300.100.1.25": "DC", "0.9.2342.19200300.100.1.1": "UID",
    ]

    /// Escapes what section 2.4 asks for, and control characters as well, so that a name is one line.
    private static func escaped(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        return scalars.enumerated().map { index, scalar in
            let isOuter = index == 0 || index == scalars.count - 1
            switch scalar {
            case "\"", "+", ",", ";", "<", ">", "\\": return "\\\(scalar)"
            case " " where isOuter: return "\\ "
            case "#" where index == 0: return "\\#"
            case _ where scalar.properties.generalCategory == .control:
                return String(scalar).utf8.map { "\\\(Hexadecimal.text(of: [$0]))" }.joined()
            default: return String(scalar)
            }
        }.joined()
    }
}
