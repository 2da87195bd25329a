import MCPCore
import MCPGateway
import NIOHTTP1
import Testing

@testable import MCPFrontEnd

@Suite struct HTTPRequestFieldsTraceTests {
    private static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func trace(_ fields: (String, String)...) -> TraceContext? {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/", headers: HTTPHeaders(fields))
        return HTTPRequestFields(head).origin.trace
    }

    @Test("Two of them say nothing")
    func repeated() {
        #expect(trace(("Traceparent", Self.valid))?.parent == Self.valid)
        #expect(trace(("Traceparent", Self.valid), ("traceparent", Self.valid)) == nil)
        #expect(trace() == nil && trace(("tracestate", "a=1")) == nil)
    }

    @Test("Several states are one, and one that is not valid goes nowhere")
    func states() {
        #expect(trace(("traceparent", Self.valid), ("tracestate", "a=1"), ("TraceState", "b=2"))?.state == "a=1,b=2")
        let context = trace(("traceparent", Self.valid), ("tracestate", "evil"))
        #expect(context?.parent == Self.valid && context?.state == nil)
    }
}
