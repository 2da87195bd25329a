import Logging
import MCPCore
import MCPGateway
import MCPValues
import Synchronization
import ToolPins

/// Leaves a line in the log for each thing about tools and prompts that an operator should look at, once.
///
/// Descriptions are read for that, so it is done beside everything else.
final class FlagTeller: Sendable {
    /// So many are remembered; then all that is still there is told once more.
    private static let maximumTold = 10_000
    /// How many definitions a line names.
    private static let maximumShown = 10
    private let logger: Logger
    private let told = Mutex<Set<PinFlag>>([])
    /// Lists that are read together are looked at together.
    private let looking = GatheredWork("mcp-proxy.flags", after: .milliseconds(200))

    init(logger: Logger) {
        self.logger = logger
    }

    /// Something else counts as approved than before.
    func note(_ book: PinBook) {
        looking.ask { [self, weak book] in
            if let book { look(at: book) }
        }
    }

    private func look(at book: PinBook) {
        let news = PinFlag.find(in: book.all).filter { flag in
            told.withLock { told in
                if told.count >= Self.maximumTold { told = [] }
                return told.insert(flag).inserted
            }
        }
        for flags in Self.alike(news) {
            let shown = flags.prefix(Self.maximumShown).map(\.subject.words)
            let more = flags.count > Self.maximumShown ? " and \(flags.count - Self.maximumShown) more" : ""
            logger.log(
                level: flags[0].isGrave ? .warning : .notice, "a server shows what should be looked at",
                metadata: [
                    "server": "\(flags[0].server)", "definition": "\(shown.joined(separator: ", "))\(more)",
                    "finding": "\(flags[0].words)",
                ])
        }
    }

    /// What is the same of several definitions of a server is told once: two servers of one kind have all names in common.
    private static func alike(_ flags: [PinFlag]) -> [[PinFlag]] {
        var groups: [[PinFlag]] = []
        var places: [[ByteText]: Int] = [:]
        for flag in flags {
            let key = [flag.server, ByteText(flag.words)]
            if let place = places[key] {
                groups[place].append(flag)
            } else {
                places[key] = groups.count
                groups.append([flag])
            }
        }
        return groups
    }
}
