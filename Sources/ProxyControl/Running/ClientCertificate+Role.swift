import MCPFrontEnd
import MCPGateway
import MCPValues
import ProxyConfiguration

/// A renewed certificate is the same caller: it has the same holder.
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
        if let client { return ProvenRole(holder: ByteText("\(name) as \(client.name)"), rights: client.rights) }
        return clients.isEmpty ? ProvenRole(holder: ByteText(name), rights: .unguarded) : nil
    }

    /// All that it is called.
    private var allNames: [String] { (subject.isEmpty ? [] : [subject]) + names + ["sha256:\(fingerprint)"] }
}
