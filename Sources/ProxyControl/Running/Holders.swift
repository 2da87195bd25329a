import AccessTokens
import MCPFrontEnd
import MCPGateway
import MCPValues
import ProxyConfiguration
import Synchronization

/// Callers that show by something else than a token of the configuration who they are: each is one principal with whatever
/// they show, as long as it stands for the same role.
final class Holders<Proof: ProofOfRole>: Sendable {
    private struct Holder {
        weak var standing: Standing?
        let proof: Proof
    }

    private struct State {
        var clients: [ClientSettings] = []
        var holders: [ByteText: Holder] = [:]
        /// When those are looked for who have gone.
        var tidiedAt = 64
    }

    private let state = Mutex(State())

    /// Whom this stands for; nil where no client matches.
    func principal(of proof: Proof) -> Principal? {
        state.withLock { state in
            guard let role = proof.role(among: state.clients) else { return nil }
            let standing = state.holders[role.holder]?.standing ?? Standing(holder: role.holder.text, role.rights)
            standing.take(role.rights, wider: role.wider)
            if state.holders.count >= state.tidiedAt {
                state.holders = state.holders.filter { $0.value.standing != nil }
                state.tidiedAt = max(64, 2 * state.holders.count)
            }
            state.holders[role.holder] = Holder(standing: standing, proof: proof)
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
                let role = holder.proof.role(among: clients)
                let same = role.flatMap { $0.holder == name ? $0 : nil }
                if standing.take(same?.rights ?? .none, wider: same?.wider ?? []) {
                    changed.insert(Principal(standing))
                }
            }
            state.clients = clients
            return changed
        }
    }

    /// Everybody who has come and is still there.
    var all: [Principal] { state.withLock { $0.holders.values.compactMap(\.standing).map(Principal.init) } }
}

/// Callers with access tokens.
typealias TokenHolders = Holders<VerifiedToken>

/// Callers with certificates.
typealias CertificateHolders = Holders<ClientCertificate>

extension CertificateHolders: CertificateJudge {}
