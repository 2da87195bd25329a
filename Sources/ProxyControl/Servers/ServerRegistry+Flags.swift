import Logging
package import MCPGateway
import MCPValues

// MARK: - What servers list that the operator should look at

extension ServerRegistry {
    /// How many flags are remembered as told. A server that lists ever other things is told of no more.
    private static let maximumToldFlags = 1_000
    /// For how long changes are gathered: all definitions are looked at for each report.
    private static let pauseBeforeFlags = Duration.seconds(1)

    /// Text in definitions that nobody sees, and tools that have to do with those of other servers.
    package var pinFlags: [PinFlag] {
        PinFlag.find(in: offeredServers.map(\.connections))
    }

    /// Tells each flag once, a moment after something has changed.
    func reportFlags() {
        guard !isFlagReportDue else { return }
        isFlagReportDue = true
        // The owner of the servers is an actor, and nothing waits for this.
        Task { [weak self] in
            // Cut short, it is only told sooner.
            try? await Task.sleep(for: Self.pauseBeforeFlags)
            await self?.reportFlagsNow()
        }
    }

    private func reportFlagsNow() {
        isFlagReportDue = false
        for flag in pinFlags where toldFlags.count < Self.maximumToldFlags && toldFlags.insert(flag).inserted {
            logger.warning(
                "a definition should be looked at",
                metadata: [
                    "server": "\(flag.server.text)",
                    "definition": "\(flag.subject.words)", "finding": "\(flag.words)",
                ])
        }
    }
}
