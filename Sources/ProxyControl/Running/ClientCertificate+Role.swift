import MCPFrontEnd
import MCPGateway
import MCPValues
import ProxyConfiguration

/// A renewed certificate is the same caller: it has the same subject and the same names. One of both is not enough, for there
/// are authorities that give every program the same subject and a name of its own.
extension ClientCertificate: ProofOfRole {
    /// The role of the first client that has a pattern for the certificate. Where nothing is said of anybody, whoever has one
    /// may use what no token guards.
    func role(among clients: [ClientSettings]) -> ProvenRole? {
        let name = "certificate \(holder)"
        let names = allNames
        // What takes away takes the certificate away, by whatever of its names.
        let client = clients.first { client in
            client.certificates.map { patterns in
                !names.contains(where: patterns.denies) && names.contains(where: patterns.admits)
            } ?? false
        }
        if let client {
            return ProvenRole(holder: ByteText("\(name) as \(Self.escape(client.name))"), rights: client.rights)
        }
        return clients.isEmpty ? ProvenRole(holder: ByteText(name), rights: .unguarded) : nil
    }

    /// By what its holder is the same with another certificate. No part has a space in it, so that no two are put together
    /// to the same.
    private var holder: String {
        let all = (subject.isEmpty ? [] : [Self.escape(subject)]) + names.sorted()
        return all.isEmpty ? "sha256:\(fingerprint)" : all.joined(separator: " ")
    }

    private static func escape(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing(" ", with: "%20")
    }

    /// All that it is called.
    private var allNames: [String] { (subject.isEmpty ? [] : [subject]) + names + ["sha256:\(fingerprint)"] }
}
