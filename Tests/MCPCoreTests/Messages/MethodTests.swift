import Testing

@testable import MCPCore

@Suite struct MethodTests {
    @Test("Each known name gives its method, anything else gives other")
    func names() {
        for method in Method.allCases { #expect(Method(name: method.rawValue) == method) }
        for name in ["Ping", "ping ", "tools/Call", "tools/call\0", "x"] { #expect(Method(name: name) == .other) }
    }
}
