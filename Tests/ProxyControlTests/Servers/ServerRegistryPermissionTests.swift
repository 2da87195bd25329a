import MCPFrontEnd
import MCPGateway
import MCPTestSupport
import MCPValues
import NIOCore
import Testing

@testable import ProxyControl

/// What may be started, by whom.
@Suite(.timeLimit(.minutes(1))) struct ServerRegistryPermissionTests {
    private static let nobody = ManagementCaller(principal: .anonymous, right: .none)
    private static let program = #"{"command":"new"}"#
    private static let remote = #"{"url":"https://new.example/mcp"}"#
    private static let template = #"{"template":"t"}"#

    private static func configuration(_ management: String = "") -> String {
        TestProxy.configuration(#""git":{"command":"old"}"#, proxy: #""management":{\#(management)}"#)
    }

    private func kind(
        _ proxy: TestProxy, _ text: String, as caller: ManagementCaller = TestProxy.operatorsToken
    ) async -> ManagementRefusal.Kind? {
        do throws(ManagementRefusal) {
            _ = try await proxy.registry.add("new", ByteBuffer(string: text), for: caller)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test("Without a token nothing starts a program, in whatever way, and a remote server may be added")
    func withoutToken() async throws {
        try await TestProxy.run(Self.configuration()) { proxy in
            await proxy.untilReady("git")
            let made = proxy.servers.made.rest
            #expect(await kind(proxy, Self.program, as: Self.nobody) == .forbidden)
            for change in Self.starting {
                let refusal = await #expect(throws: ManagementRefusal.self) { try await change(proxy) }
                #expect(refusal?.kind == .forbidden)
            }
            #expect(proxy.servers.made.rest == made)
            #expect(await kind(proxy, Self.remote, as: Self.nobody) == nil)
        }
    }

    private static let starting: [@Sendable (TestProxy) async throws -> Void] = [
        { _ = try await $0.registry.restart("git", for: nobody) },
        { _ = try await $0.registry.replace("git", ByteBuffer(string: program), for: nobody) },
        { _ = try await $0.registry.open(ByteBuffer(string: program), isShared: false, for: nobody) },
        { _ = try await $0.registry.open(ByteBuffer(string: program), isShared: true, for: nobody) },
        {
            $0.write(TestProxy.configuration(#""git":{"command":"new"}"#))
            _ = try await $0.registry.reload(isRehearsal: false, for: nobody)
        },
    ]

    @Test(
        "The configuration says what may be added over the API",
        arguments: [
            (#""stdio":"deny""#, program, .forbidden), (#""stdio":"deny""#, remote, nil),
            (#""remote":"deny""#, remote, .forbidden), (#""remote":"deny""#, program, nil),
            (#""stdio":"templates","templates":{"t":{"command":"t"}}"#, program, .forbidden),
            (#""stdio":"templates","templates":{"t":{"command":"t"}}"#, template, nil),
            (#""maxServers":1"#, program, nil),
        ] as [(String, String, ManagementRefusal.Kind?)])
    func switches(management: String, text: String, expected: ManagementRefusal.Kind?) async throws {
        try await TestProxy.run(Self.configuration(management)) { proxy in
            #expect(await kind(proxy, text) == expected)
        }
    }

    @Test("What the configuration does not understand is refused in words, and nothing is started")
    func invalid() async throws {
        try await TestProxy.run(Self.configuration()) { proxy in
            await proxy.untilReady("git")
            let made = proxy.servers.made.rest
            let refusal = await #expect(throws: ManagementRefusal.self) {
                try await proxy.registry.add(
                    "new", ByteBuffer(string: #"{"comand":"x"}"#), for: TestProxy.operatorsToken)
            }
            #expect(refusal?.kind == .invalidConfiguration)
            #expect(refusal?.problems.contains { $0.contains("comand") } == true)
            #expect(proxy.servers.made.rest == made)
        }
    }

    @Test("There are never more servers than allowed, those that are still starting included")
    func quota() async throws {
        try await TestProxy.run(Self.configuration(#""maxServers":1"#), prepare: { $0.set("slow", .waits) }) { proxy in
            async let slow = proxy.add("slow", "slow")
            while try await proxy.servers.made.next() != "slow" {}
            #expect(await kind(proxy, Self.program) == .quota)
            proxy.servers.start("slow")
            _ = try await slow
            #expect(await kind(proxy, Self.program) == .quota)
            _ = try await proxy.registry.remove("slow", for: TestProxy.operatorsToken)
            #expect(await kind(proxy, Self.program) == nil)
        }
    }
}
