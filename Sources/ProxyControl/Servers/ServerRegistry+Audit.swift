import Audit
import MCPFrontEnd
import MCPGateway

// MARK: - Changes that no request asks for

extension ServerRegistry {
    /// Reads the configuration again and applies what has changed, and writes down that it does.
    ///
    /// - Parameter reason: Why, in the place of whoever asks.
    func auditedReload(_ reason: String) async throws(ManagementRefusal) -> ReloadReport {
        guard let audit = gateway.audit else { return try await reload(isRehearsal: false) }
        func change(_ outcome: String, _ details: [String] = []) -> AuditedChange {
            AuditedChange(request: nil, principal: reason, change: "reload", outcome: outcome, details: details)
        }
        if let words = await audit.begin(change("begins")) {
            audit.note(change(ManagementRefusal.Kind.notAudited.rawValue))
            throw ManagementRefusal(.notAudited, "the configuration was not read again: \(words)")
        }
        do throws(ManagementRefusal) {
            let report = try await reload(isRehearsal: false)
            audit.note(change("done", report.lines))
            return report
        } catch {
            audit.note(change(error.kind.rawValue, error.problems))
            throw error
        }
    }
}
