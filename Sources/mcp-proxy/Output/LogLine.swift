import Logging
import MCPCore
import NIOCore

/// One line of the log, without the time. Everything in it can be printed.
struct LogLine: Hashable, Sendable {
    /// How long a message may be.
    private static let maximumMessageBytes = 4_096
    /// The facts that are told in words, and how long those may be; all others are names and numbers.
    private static let wordyFacts: Set<String> = [
        "error", "failure", "hidden", "problems", "reason", "stderr", "tools",
    ]
    private static let maximumFactBytes = 2_048

    /// The facts that tell a line from all others, however many tell of the same.
    private static let ownFacts: Set<String> = ["request", "traceparent"]

    private struct Fact: Hashable {
        let key: String
        let text: String
    }

    private let level: Logger.Level
    private let message: String
    /// By their keys.
    private var facts: [Fact]

    init(_ level: Logger.Level, _ message: String, _ facts: Logger.Metadata) {
        self.level = level
        self.message = PrintableText.make(message, maximumBytes: Self.maximumMessageBytes)
        self.facts = facts.sorted { $0.key < $1.key }.map { key, value in
            let length = Self.wordyFacts.contains(key) ? Self.maximumFactBytes : PrintableText.maximumNameBytes
            return Fact(key: key, text: PrintableText.make("\(value)", maximumBytes: length))
        }
    }

    /// The same line about whatever request: what is equal in it makes a flood.
    var kind: LogLine {
        var other = self
        other.facts.removeAll { Self.ownFacts.contains($0.key) }
        return other
    }

    /// The same line, which stands for so many equal ones.
    func repeated(_ count: Int) -> LogLine {
        var other = self
        other.facts.append(Fact(key: "repeated", text: String(count)))
        return other
    }

    /// What people read.
    ///
    /// - Parameters:
    ///   - time: nil where somebody else writes it.
    ///   - isColoured: Whether it goes to a terminal that knows colours.
    func text(_ time: String?, isColoured: Bool) -> String {
        let level = isColoured ? "\u{1B}[\(colour)m\(level)\u{1B}[0m" : "\(level)"
        var line = time.map { isColoured ? "\u{1B}[2m\($0)\u{1B}[0m " : "\($0) " } ?? ""
        line += "\(level) \(message)"
        for fact in facts {
            line += " \(fact.key)=" + (fact.text.contains { " \t\"".contains($0) } ? Self.quoted(fact.text) : fact.text)
        }
        return line
    }

    /// What programs read. A fact that has the name of one of the three members that every line has goes with an underscore.
    func json(_ time: String) -> String {
        var object = JSONObjectWriter()
        object.add("time", time)
        object.add("level", "\(level)")
        object.add("message", message)
        for fact in facts {
            object.add(["time", "level", "message"].contains(fact.key) ? "\(fact.key)_" : fact.key, fact.text)
        }
        return String(buffer: object.finished)
    }

    private var colour: Int {
        switch level {
        case .trace, .debug: 2
        case .info: 32
        case .notice: 36
        case .warning: 33
        case .error, .critical: 31
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
