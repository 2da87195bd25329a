import MCPCore
import MCPTestSupport
import MCPValues
import Testing

@testable import MCPGateway

/// What becomes of a request before a server is asked.
@Suite struct ResolverTests {
    private func request(_ method: String, _ params: String = "{}") throws -> Message {
        try Message(#"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#)
    }

    private func refusal(_ verdict: Resolver.Verdict) -> Refusal? {
        if case .refused(let refusal) = verdict { refusal } else { nil }
    }

    private func refusal(_ verdict: Resolver.ModernVerdict) -> Refusal? {
        if case .refused(let refusal) = verdict { refusal } else { nil }
    }

    private func isForLeg(_ verdict: Resolver.Verdict) -> Bool {
        if case .toLeg = verdict { true } else { false }
    }

    @Test(
        "What only a session can ask does not exist for a client without one; for the other, all but a second initialize"
    )
    func methods() throws {
        for method in [
            "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "roots/list",
            "sampling/createMessage", "elicitation/create",
        ] {
            let refusal = refusal(Resolver.resolve(try request(method), from: .modern, filter: nil))
            #expect(refusal?.reason == .methodNotFound)
            #expect(refusal?.words == "Method not found: \(method) does not exist in revision 2026-07-28")
            #expect(isForLeg(Resolver.resolve(try request(method), from: .legacy, filter: nil)))
        }
        let initialize = try request("initialize")
        #expect(refusal(Resolver.resolve(initialize, from: .modern, filter: nil))?.reason == .methodNotFound)
        #expect(
            refusal(Resolver.resolve(initialize, from: .legacy, filter: nil))?.words
                == "this session is initialized already; start a new one without a session id")
        for (era, method) in [(Era.modern, "tools/list"), (.legacy, "tools/list"), (.modern, "vendor/x")] {
            #expect(isForLeg(Resolver.resolve(try request(method), from: era, filter: nil)))
        }
    }

    @Test(
        "A call of a tool that is not shown goes to no server, whoever calls; one that names none is refused",
        arguments: [Era.legacy, .modern])
    func tools(era: Era) throws {
        let filter = ToolFilter(mode: .allow, names: ["shown"])
        func call(_ name: String) throws -> Message { try request("tools/call", #"{"name":\#(name)}"#) }
        #expect(isForLeg(Resolver.resolve(try call(#""shown""#), from: era, filter: filter)))
        guard case .hidden(tool: "other") = Resolver.resolve(try call(#""other""#), from: era, filter: filter) else {
            Issue.record("it is not hidden")
            return
        }
        let nameless = refusal(Resolver.resolve(try call("5"), from: era, filter: filter))
        #expect(nameless?.reason == .invalidParams && nameless?.words == "params.name must name a tool")
        #expect(
            isForLeg(Resolver.resolve(try call("5"), from: era, filter: nil)), "the server says what it thinks of it")
    }

    @Test("The filter is asked for only where a tool is called")
    func filterOnDemand() throws {
        var looks = 0
        let filter = { () -> ToolFilter? in
            looks += 1
            return nil
        }
        for method in ["tools/list", "ping", "resources/read", "tools/call"] {
            _ = Resolver.resolve(try request(method), from: .legacy, filter: filter())
        }
        #expect(looks == 1)
    }

    @Test("In front of a stateless server a session answers what that cannot be asked, and refuses what it has not")
    func statelessServer() throws {
        let resolve = { Resolver.resolveAtStatelessServer($0, of: .november2025) }
        guard case .done = try resolve(request("ping")) else {
            Issue.record("ping")
            return
        }
        guard case .logLevel(.warning) = try resolve(request("logging/setLevel", #"{"level":"warning"}"#)) else {
            Issue.record("level")
            return
        }
        for (method, isWanted) in [("resources/subscribe", true), ("resources/unsubscribe", false)] {
            guard case .changes(of: let uri, isWanted) = try resolve(request(method, #"{"uri":"mem://a"}"#)) else {
                Issue.record("\(method)")
                return
            }
            #expect(uri == ByteText("mem://a"))
            #expect(try refusal(resolve(request(method)))?.words == "params.uri must name a resource")
        }
        #expect(try refusal(resolve(request("logging/setLevel", #"{"level":"loud"}"#)))?.reason == .invalidParams)
        for method in ["server/discover", "subscriptions/listen", "tasks/get", "tasks/new-one"] {
            let refusal = try refusal(resolve(request(method)))
            #expect(refusal?.reason == .methodNotFound)
            #expect(refusal?.words == "\(method) does not exist in revision 2025-11-25")
        }
        for method in ["tools/call", "resources/read", "vendor/x"] {
            guard case .toServer = try resolve(request(method)) else {
                Issue.record("\(method)")
                return
            }
        }
    }
}
