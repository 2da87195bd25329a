package import Logging
import Synchronization

/// Keeps what is logged, at every level.
package final class LineLog: Sendable {
    private struct Line {
        let message: String
        let facts: String
    }

    private let kept = Mutex<[Line]>([])

    package init() {}

    /// What was told, without the facts.
    package var messages: [String] { kept.withLock { $0.map(\.message) } }

    /// What was told, each with its facts in the order of their names.
    package var lines: [String] { kept.withLock { $0.map { "\($0.message) \($0.facts)" } } }

    package var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: LineLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0)=\($1)" }
            let line = Line(message: "\(event.message)", facts: facts.joined(separator: " "))
            log.kept.withLock { $0.append(line) }
        }
    }
}
