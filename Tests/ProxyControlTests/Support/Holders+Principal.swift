import MCPFrontEnd
import MCPGateway

@testable import ProxyControl

extension Holders {
    /// Whom this stands for, where nothing goes on by it.
    func principal(of proof: Proof) -> Principal? { caller(with: proof)?.principal }
}
