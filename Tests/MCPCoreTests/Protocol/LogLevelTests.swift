import Testing

@testable import MCPCore

@Suite struct LogLevelTests {
    @Test("Levels are ordered from debug to emergency")
    func order() {
        let names = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"]
        #expect(names.compactMap(LogLevel.init(rawValue:)).sorted().map(\.rawValue) == names)
        #expect(LogLevel.debug < .info && !(LogLevel.emergency < .alert))
        #expect(LogLevel(rawValue: "Debug") == nil)
    }
}
