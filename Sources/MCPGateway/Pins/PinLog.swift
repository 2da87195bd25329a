import Logging
import MCPCore
import MCPValues
import ToolPins

/// The log of what a server shows that nobody has approved.
struct PinLog {
    private static let maximumLines = 20
    /// How many changes are told one by one that were found together.
    private static let maximumChanges = 20

    let server: String
    let logger: Logger

    func tell(_ changes: [PinChange], _ mode: PinMode) {
        for change in changes.prefix(Self.maximumChanges) { tell(change, mode) }
        guard changes.count > Self.maximumChanges else { return }
        logger.warning(
            "more of what a server shows is not what was approved; see mcp-proxy pins diff",
            metadata: ["server": "\(server)", "more": "\(changes.count - Self.maximumChanges)"])
    }

    private func tell(_ change: PinChange, _ mode: PinMode) {
        let lines = change.lines.prefix(Self.maximumLines).joined(separator: "; ")
        let consequence =
            switch mode {
            case .off, .warn: "it is passed on (pin: warn)"
            case .quarantine: "it is withheld until it is approved"
            case .block: "the server is blocked until it is approved"
            }
        logger.warning(
            "what a server shows is not what was approved; \(consequence)",
            metadata: [
                "server": "\(server)", "\(change.subject.kind.rawValue)": "\(change.subject.name.text)",
                "diff": "\(lines)",
            ])
    }

    /// Calls are refused from now on because a list could not be read.
    func tell(unread kind: PinKind, _ why: String) {
        logger.warning(
            "it is not known whether what a server lists is what was approved; what it may concern is not called",
            metadata: [
                "server": "\(server)", "list": "\(CatalogKind(kind).method.rawValue)", "reason": "\(why)",
            ])
    }
}
