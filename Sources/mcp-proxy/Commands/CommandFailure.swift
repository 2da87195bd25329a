import ArgumentParser
import ProxyConfiguration

/// Why a command cannot do what it was asked to, in words that say what to do.
struct CommandFailure: Error {
    let words: String
    /// Whether these are words of a server, which has been asked.
    let isAnswer: Bool
    /// Whether the proxy has not what it was asked for.
    let isMissing: Bool

    init(_ words: String, isAnswer: Bool = false, isMissing: Bool = false) {
        self.words = words
        self.isAnswer = isAnswer
        self.isMissing = isMissing
    }

    /// Runs a command; what it throws is said on standard error and becomes exit code 1.
    ///
    /// - Parameter consequence: What follows from a problem in a file.
    static func reported(_ consequence: String, _ command: () async throws -> Void) async throws {
        do {
            try await command()
        } catch let error as CommandFailure {
            Terminal.error("mcp-proxy: \(error.words)")
            throw ExitCode(1)
        } catch let error as ConfigurationError {
            Terminal.error(error.description)
            Terminal.error("mcp-proxy: \(consequence)")
            throw ExitCode(1)
        }
    }
}
