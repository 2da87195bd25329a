import Dispatch
import Logging
import MCPCore
import MCPGateway
import Synchronization
import ToolPins

/// Leaves a line in the log for each thing about tools and prompts that an operator should look at, once.
///
/// Descriptions are read for that, so it is done beside everything else.
final class FlagTeller: Sendable {
    private struct State {
        var isDue = false
        var told: Set<PinFlag> = []
    }

    /// So many are remembered; then all that is still there is told once more.
    private static let maximumTold = 10_000
    /// Lists that are read together are looked at together.
    private static let pause = DispatchTimeInterval.milliseconds(200)

    private let logger: Logger
    private let state = Mutex(State())
    private let looking = DispatchQueue(label: "mcp-proxy.flags", qos: .utility)

    init(logger: Logger) {
        self.logger = logger
    }

    /// Something else counts as approved than before.
    func note(_ book: PinBook) {
        let isNews = state.withLock { state in
            defer { state.isDue = true }
            return !state.isDue
        }
        guard isNews else { return }
        looking.asyncAfter(deadline: .now() + Self.pause) { [self, weak book] in
            state.withLock { $0.isDue = false }
            if let book { look(at: book) }
        }
    }

    private func look(at book: PinBook) {
        for flag in PinFlag.find(in: book.all) {
            let isNew = state.withLock { state in
                if state.told.count >= Self.maximumTold { state.told = [] }
                return state.told.insert(flag).inserted
            }
            guard isNew else { continue }
            logger.log(
                level: flag.isGrave ? .warning : .notice, "a server shows what should be looked at",
                metadata: [
                    "server": "\(flag.server)", "\(flag.subject.kind.rawValue)": "\(flag.subject.name)",
                    "finding": "\(flag.words)",
                ])
        }
    }
}
