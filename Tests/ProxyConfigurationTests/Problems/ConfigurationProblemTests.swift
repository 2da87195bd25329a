import Testing

@testable import ProxyConfiguration

@Suite struct ConfigurationProblemTests {
    @Test("A problem is one line with place, key, fault and remedy")
    func line() {
        let problem = ConfigurationProblem(
            severity: .error, source: "config.json", keyPath: "mcpServers.fetch.timeout",
            position: SourcePosition(line: 12, column: 7), message: "a duration is expected",
            suggestion: #"Write "30s""#)
        #expect("\(problem)" == #"config.json:12:7: mcpServers.fetch.timeout: a duration is expected. Write "30s"."#)
    }

    @Test("Place, key and remedy are left out where there are none, and a warning says so")
    func parts() {
        let problem = ConfigurationProblem(severity: .warning, source: "command line", message: "odd")
        #expect("\(problem)" == "command line: warning: odd.")
    }
}
