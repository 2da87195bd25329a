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
            // As long as it does not run, that is why.
            let reason = member.server.status.error.map { ": \($0)" } ?? ""
            let words = "\(failure.words)\(reason)".prefix(Self.maximumWords)
            throw ManagementRefusal(.serverFailed, "the tools cannot be listed: \(words)")
        }
    }
}
