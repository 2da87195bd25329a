import MCPTestSupport
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

    @Test("A level is read from a string that names it, and from nothing else")
    func read() throws {
        let message = try Message(
            #"{"jsonrpc":"2.0","method":"m","params":{"a":"\u0065rror","b":"Error","c":1,"d":null}}"#)
        #expect(LogLevel(message.params?["a"]) == .error)
        for name in ["b", "c", "d", "e"] { #expect(LogLevel(message.params?[name]) == nil) }
    }
}
