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
        /// What was shown last: it counts also when nothing goes by it at the moment.
        var latest: Proof
        var shown = ShownProofs<Proof>()
    }

    private struct Budget {
        weak var calls: CallBudget?
    }

    private struct State {
        var clients: [ClientSettings] = []
        var holders: [ByteText: Holder] = [:]
        var budgets: [ByteText: Budget] = [:]
        /// When those are looked for who have gone.
        var tidiedAt = 64
    }

    private let state = Mutex(State())

    /// Whom this stands for; nil where no client matches.
    func caller(with proof: Proof) -> ProvenCaller? {
        state.withLock { state in
            guard let role = proof.role(among: state.clients) else { return nil }
            let former = state.holders[role.holder]
            let standing = former?.standing ?? Self.standing(of: role, &state)
            standing.take(role.rights, wider: role.wider)
            if state.holders.count >= state.tidiedAt {
                state.holders = state.holders.filter { $0.value.standing != nil }
                state.budgets = state.budgets.filter { $0.value.calls != nil }
                state.tidiedAt = max(64, 2 * state.holders.count)
            }
            var holder = former ?? Holder(standing: nil, latest: proof)
            (holder.standing, holder.latest) = (standing, proof)
            let evidence = holder.shown.add(proof)
            state.holders[role.holder] = holder
            return ProvenCaller(Principal(standing), by: evidence)
        }
    }

    /// A new one. Of its calls those are taken that the same caller makes with other scopes.
    private static func standing(of role: ProvenRole, _ state: inout State) -> Standing {
        let key = role.person ?? role.holder
        let calls = state.budgets[key]?.calls ?? CallBudget()
        state.budgets[key] = Budget(calls: calls)
        return Standing(holder: role.holder.text, role.rights, calls: calls)
    }

    /// Gives everybody the rights that they have by other clients of the configuration: those of their role, as long as
    /// anything stands for it that they have shown.
    ///
    /// - Returns: Those who may do something else than before.
    func keep(_ clients: [ClientSettings]) -> Set<Principal> {
        state.withLock { state in
            var changed: Set<Principal> = []
            for (name, holder) in state.holders {
                guard let standing = holder.standing else { continue }
                let role = { (proof: Proof) in
                    proof.role(among: clients).flatMap { $0.holder == name ? $0 : nil }
                }
                let same = holder.shown.judge(by: role) ?? role(holder.latest)
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
