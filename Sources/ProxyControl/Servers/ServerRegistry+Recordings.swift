import MCPCore
package import MCPFrontEnd
import MCPGateway
import MCPUpstream
import MCPValues
import NIOCore
import ProxyConfiguration
package import Recordings

// MARK: - Recordings of what passes

extension ServerRegistry: RecordingManagement {
    package func beginRecording(
        _ rules: RecordingRules, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> Recording {
        // Everything that everybody sends is as much as who may start programs can get.
        guard rules.bodies != .full || !caller.isKnown || caller.right >= .execute else {
            throw ManagementRefusal(
                .forbidden,
                "bodies in full are recorded only for who may start programs (\"management\" of the client is \"execute\"); "
                    + "leave \"bodies\" out for redacted ones")
        }
        hideSecrets()
        var rules = rules
        var recorded = servers.values.filter { !$0.isDisabled && $0.source != .adHoc }
        if let name = rules.server {
            let server = try known(name)
            guard server.source != .adHoc else { throw unknown(name) }
            guard !server.isDisabled else {
                throw ManagementRefusal(.conflict, "the server is disabled; \"enable\" starts it")
            }
            rules.server = server.settings.displayName
            recorded = [server]
        }
        var introductions: [RecordedMessage] = []
        for server in recorded.sorted(by: { $0.settings.name < $1.settings.name }) {
            if let introduction = await introduction(of: server) { introductions.append(introduction) }
        }
        do throws(Recorder.Full) {
            return try gateway.recorder.begin(rules, introductions)
        } catch {
            throw ManagementRefusal(.quota, error.words)
        }
    }

    /// Returns what a server has said of itself before, which whoever looks at the recording has to know.
    private func introduction(of server: ManagedServer) async -> RecordedMessage? {
        guard !isClosing else { return nil }
        let known = await withCheckedContinuation { continuation in
            server.connections.introduction { continuation.resume(returning: $0) }
        }
        guard let known else { return nil }
        var message = RecordedMessage(
            .upstream, .in, .introduction(version: known.version.name, known.result.root.bytes))
        message.server = server.settings.displayName
        message.era = known.era.rawValue
        return message
    }

    package func recordings() -> [Recording] { gateway.recorder.recordings }

    package func recording(_ id: String) -> Recording? { gateway.recorder.find(id) }

    package func removeRecording(_ id: String) -> Recording? { gateway.recorder.remove(id) }

    /// Tells the recorder what is hidden wherever it stands: the tokens with which callers come, and the secrets with which
    /// servers are called or started.
    func hideSecrets() {
        gateway.recorder.hide(settings.ownTokens + servers.values.flatMap(\.settings.transport.secrets))
    }
}
