import MCPGateway
import NIOHTTP1

/// The head of a request for one of the pages on which people log in.
struct LoginRequest: Sendable {
    /// The longest form.
    static let maximumBody = 4 << 10

    let endpoint: LoginEndpoint
    let admitted: AdmittedRequest
    let path: LoginPath
    /// Who asks, as far as that is known.
    let caller: Principal?
    /// Whether whoever asks has shown enough to log in to any server for everybody.
    let isTrusted: Bool

    var isForm: Bool { admitted.http.method == .POST }
}
