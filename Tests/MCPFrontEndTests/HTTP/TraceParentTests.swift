import MCPGateway
import NIOHTTP1
import Testing

@testable import MCPFrontEnd

@Suite struct TraceParentTests {
    private static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("A valid value counts, and what later versions append is left out")
    func accepted() {
        #expect(TraceParent.valid(Self.valid) == Self.valid)
        let later = "cc" + Self.valid.dropFirst(2)
        #expect(TraceParent.valid(later) == later)
        #expect(TraceParent.valid(later + "-what-comes-later") == later)
    }

    @Test(
        "Everything else counts for nothing",
        arguments: [
            "", "00", valid + "0", valid + "-00", valid.uppercased(), "ff" + valid.dropFirst(2),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "cc" + valid.dropFirst(2) + "x",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-\u{e9}",
        ])
    func refused(text: String) {
        #expect(TraceParent.valid(text) == nil)
    }

    @Test("Two of them say nothing")
    func repeated() {
        func trace(_ values: [String]) -> String? {
            let fields = values.map { ("Traceparent", $0) }
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: HTTPHeaders(fields))
            return HTTPRequestFields(head).origin.trace
        }
        #expect(trace([Self.valid]) == Self.valid)
        #expect(trace([Self.valid, Self.valid]) == nil)
        #expect(trace([]) == nil)
    }
}
