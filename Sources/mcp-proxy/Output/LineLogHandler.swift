import Logging
import MCPCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes log lines to standard error: time, level, message, facts. A flood of equal lines leaves a few and their number.
struct LineLogHandler: LogHandler {
    /// How long a message may be.
    private static let maximumMessageBytes = 4_096
    /// The facts that are told in words, and how long those may be; all others are names and numbers.
    private static let facts: Set<String> = ["error", "failure", "hidden", "problems", "reason", "stderr", "tools"]
    private static let maximumFactBytes = 2_048

    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var line = "\(event.level) " + PrintableText.make("\(event.message)", maximumBytes: Self.maximumMessageBytes)
        let facts = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in facts.sorted(by: { $0.key < $1.key }) {
            let length = Self.facts.contains(key) ? Self.maximumFactBytes : PrintableText.maximumNameBytes
            let text = PrintableText.make("\(value)", maximumBytes: length)
            line += " \(key)=" + (text.contains { " \t\"".contains($0) } ? Self.quoted(text) : text)
        }
        RepeatedLines.shared.write(line) { line in
            Terminal.error(Date().formatted(.iso8601.time(includingFractionalSeconds: true)) + " " + line)
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
