import MCPFrontEnd
import MCPGateway

/// Reads all the tools that clients of a server see.
struct ToolListing: Sendable {
    /// The longest part of a server's own words that is repeated.
    private static let maximumWords = 500

    let member: Member

    /// - Throws: when the server does not run, since nothing is started for this, or gives no list.
    func read() async throws(ManagementRefusal) -> ToolPages.List {
        let result = await withCheckedContinuation { continuation in
            ToolPages.read(of: member) { continuation.resume(returning: $0) }
        }
        switch result {
        case .success(let list): return list
        case .failure(let failure):
            let words = Self.words(on: failure, member.server.status).prefix(Self.maximumWords)
            throw ManagementRefusal(.serverFailed, "the tools cannot be listed: \(words)")
        }
    }

    private static func words(on failure: ToolPages.Failure, _ status: ServerStatus) -> String {
        switch status.state {
        case .loginNeeded:
            return "the server wants somebody to log in" + (status.login?.need.map { ": \($0)" } ?? "")
        case .tokenNeeded: return "the server takes only callers with an access token"
        case .headerNeeded:
            return "the server takes only callers who send it \(status.wantedHeaders.joined(separator: " and "))"
        case .starting, .ready, .failed, .disabled:
            // As long as it does not run, that is why.
            return failure.words + (status.error.map { ": \($0)" } ?? "")
        }
    }
}
