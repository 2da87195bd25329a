import ArgumentParser
import Logging

/// How grave a line of the log must be to be written, in the words of the Go program and in those of others.
enum LogLevelWord: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warn, warning, error, critical

    var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warn, .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }

    init?(argument: String) {
        self.init(rawValue: argument.lowercased())
    }
}
