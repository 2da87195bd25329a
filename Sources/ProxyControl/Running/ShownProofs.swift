import MCPFrontEnd
import Synchronization

/// What one caller has shown and something still goes by, each judged by itself.
struct ShownProofs<Proof: ProofOfRole>: Sendable {
    private struct Weak: Sendable {
        weak var shown: ShownProof<Proof>?
    }

    private var all: [Weak] = []
    var count: Int { all.count }
    /// When those are looked for by which nothing goes any more.
    private var tidiedAt = 8

    /// Adds something that stands for the caller.
    ///
    /// - Returns: What has to be kept as long as something goes by it.
    mutating func add(_ proof: Proof) -> ShownProof<Proof> {
        if all.count >= tidiedAt {
            all.removeAll { $0.shown == nil }
            tidiedAt = max(8, 2 * all.count)
        }
        let shown = ShownProof(proof)
        all.append(Weak(shown: shown))
        return shown
    }

    /// Judges everything anew.
    ///
    /// - Parameter role: That of the caller; nil for what does not stand for it.
    /// - Returns: The role, if anything stands for it.
    func judge(by role: (Proof) -> ProvenRole?) -> ProvenRole? {
        var found: ProvenRole?
        for case let shown? in all.map(\.shown) {
            let role = role(shown.proof)
            shown.take(isInForce: role != nil)
            found = found ?? role
        }
        return found
    }
}

/// Something that a caller has shown.
final class ShownProof<Proof: ProofOfRole>: Evidence {
    let proof: Proof
    private let holds = Atomic(true)

    init(_ proof: Proof) {
        self.proof = proof
    }

    var isInForce: Bool { holds.load(ordering: .acquiring) }

    fileprivate func take(isInForce: Bool) { holds.store(isInForce, ordering: .releasing) }
}
