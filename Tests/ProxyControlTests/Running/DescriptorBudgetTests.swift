import MCPTestSupport
import MCPValues
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// How the open files that the system allows are divided.
@Suite struct DescriptorBudgetTests {
    private func settings(clients: Int, servers: Int, isolation: Isolation? = nil) -> ProxySettings {
        var settings = ProxySettings()
        settings.limits.maxConnections = clients
        settings.servers = (0..<servers).map {
            ServerSettings(
                name: "s\($0)",
                transport: .stdio(command: "c", arguments: [], environment: [:], workingDirectory: nil),
                isolation: isolation)
        }
        return settings
    }

    @Test("Where the limit is not known nothing is divided")
    func unknown() {
        let budget = DescriptorBudget(0, for: settings(clients: 500, servers: 3))
        #expect(budget.clients == 500 && budget.servers == nil)
    }

    @Test("Where there are enough for all, clients get what they are allowed and servers the rest")
    func enough() {
        let budget = DescriptorBudget(10_000, for: settings(clients: 500, servers: 3))
        #expect(budget.clients == 500 && budget.servers == 10_000 - 500 - DescriptorBudget.reserve)
    }

    @Test(
        "Where there are too few, both get some, and together never more than there are beside the reserve",
        arguments: [100, 256, 512, 1_024], [nil, Isolation.session])
    func tooFew(limit: Int, isolation: Isolation?) throws {
        let budget = DescriptorBudget(limit, for: settings(clients: 4_096, servers: 3, isolation: isolation))
        let servers = try #require(budget.servers)
        #expect(budget.clients >= 8 && servers >= 8)
        #expect(budget.clients + servers <= limit - DescriptorBudget.reserve)
    }

    @Test("A server that each client reaches in its own way gets more than one that all share")
    func shares() throws {
        let shared = DescriptorBudget(512, for: settings(clients: 4_096, servers: 1))
        let own = DescriptorBudget(512, for: settings(clients: 4_096, servers: 1, isolation: .session))
        #expect(try #require(own.servers) > #require(shared.servers))
    }

    @Test("The maximum of connections is lowered to what there is, and never raised")
    func applied() {
        let many = settings(clients: 4_096, servers: 1)
        let budget = DescriptorBudget(512, for: many)
        #expect(budget.apply(to: many, limit: 512, .silent).limits.maxConnections == budget.clients)
        let few = settings(clients: 10, servers: 1)
        #expect(DescriptorBudget(512, for: few).apply(to: few, limit: 512, .silent) == few)
    }
}
