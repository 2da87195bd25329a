import MCPFrontEnd
import MCPGateway
import MCPValues
import ProxyConfiguration
import Synchronization

/// Callers with certificates: each is one principal with whatever certificate of the same holder it comes, so that a renewed one
/// is the same caller.
final class CertificateHolders: CertificateJudge, Sendable {
    private struct Holder {
        weak var standing: Standing?
        let certificate: ClientCertificate
    }

    private struct State {
        var clients: [ClientSettings] = []
        var holders: [ByteText: Holder] = [:]
        /// When those are looked for who have gone.
        var tidiedAt = 64
    }

    private let state = Mutex(State())

    func principal(of certificate: ClientCertificate) -> Principal? {
        state.withLock { state in
            guard let role = Self.role(of: certificate, among: state.clients) else { return nil }
            let standing = state.holders[role.name]?.standing ?? Standing(holder: role.name.text, role.rights)
            if state.holders.count >= state.tidiedAt {
                state.holders = state.holders.filter { $0.value.standing != nil }
                state.tidiedAt = max(64, 2 * state.holders.count)
            }
            state.holders[role.name] = Holder(standing: standing, certificate: certificate)
            return Principal(standing)
        }
    }

    /// Gives everybody the rights that they have by other clients of the configuration.
    ///
    /// - Returns: Those who may do something else than before.
    func keep(_ clients: [ClientSettings]) -> Set<Principal> {
        state.withLock { state in
            var changed: Set<Principal> = []
            for (name, holder) in state.holders {
                guard let standing = holder.standing else { continue }
                let role = Self.role(of: holder.certificate, among: clients)
                let rights = role.flatMap { $0.name == name ? $0.rights : nil }
                if standing.take(rights ?? .none) { changed.insert(Principal(standing)) }
            }
            state.clients = clients
            return changed
        }
    }

    /// Whether somebody has come with a certificate, and is still there.
    func knows(_ principal: Principal) -> Bool {
        state.withLock { $0.holders.values.contains { $0.standing?.name == principal.name } }
    }

    /// Who somebody is, and what they may do: by the first client that has a pattern for the certificate. Where nothing is
    /// said of anybody, whoever has one may use what no token guards.
    private static func role(
        of certificate: ClientCertificate, among clients: [ClientSettings]
    ) -> (name: ByteText, rights: Rights)? {
        let name = "certificate \(certificate.holder)"
        let calledByAll = certificate.calledBy
        // What takes away takes the certificate away, by whatever of its names.
        let client = clients.first { client in
            client.certificates.map { patterns in
                !calledByAll.contains(where: patterns.denies) && calledByAll.contains(where: patterns.admits)
            } ?? false
        }
        if let client { return (ByteText("\(name) as \(client.name)"), client.rights) }
        return clients.isEmpty ? (ByteText(name), .unguarded) : nil
    }
}

extension ClientCertificate {
    /// By what its holder is the same with another certificate.
    fileprivate var holder: String { subject.isEmpty ? names.first ?? "sha256:\(fingerprint)" : subject }

    /// All that it is called.
    fileprivate var calledBy: [String] { (subject.isEmpty ? [] : [subject]) + names + ["sha256:\(fingerprint)"] }
}
