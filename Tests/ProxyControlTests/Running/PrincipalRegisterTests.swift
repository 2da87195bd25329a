import MCPFrontEnd
import MCPGateway
import MCPValues
import ProxyConfiguration
import Testing

@testable import ProxyControl

/// Whom a token stands for.
@Suite struct PrincipalRegisterTests {
    private static let alice = Secret("token-of-alice")
    private static let bob = Secret("token-of-bob")

    private func settings(_ tokens: Secret..., servers: [[Secret]] = []) -> ProxySettings {
        ProxySettings(
            options: ServerOptions(authTokens: tokens),
            servers: servers.enumerated().map { number, tokens in
                ServerSettings(
                    name: "s\(number)",
                    transport: .stdio(command: "c", arguments: [], environment: [:], workingDirectory: nil),
                    options: ServerOptions(authTokens: tokens))
            })
    }

    /// Whom a token stands for; nil when it is accepted nowhere.
    private func owner(_ token: Secret, _ register: PrincipalRegister) -> Principal? {
        let access = register.access([token], clientsOf: [])
        let only = access.onlyPrincipal(among: register.namedClients.filter(access.isHeld))
        return only == .anonymous ? nil : only
    }

    @Test("One token is one principal, wherever it is accepted, and no two tokens are the same one")
    func principals() {
        let register = PrincipalRegister(settings(Self.alice, servers: [[Self.alice, Self.bob]]))
        let both = register.access([Self.alice, Self.bob], clientsOf: [])
        let (alice, bob) = (owner(Self.alice, register), owner(Self.bob, register))
        #expect(alice != nil && bob != nil && alice != bob)
        #expect(both.principal(for: alice) == alice && both.principal(for: bob) == bob)
        #expect(register.access([Self.alice], clientsOf: []).principal(for: bob) == nil)
    }

    @Test("A token keeps its principal from one configuration to the next, without a gap in which it is forgotten")
    func kept() {
        let register = PrincipalRegister(settings(Self.alice))
        let before = owner(Self.alice, register)
        register.keep(settings(Self.bob, Self.alice))
        #expect(owner(Self.alice, register) == before)
    }

    @Test("A token that nothing accepts any more is forgotten; when it comes back it is somebody else")
    func forgotten() {
        let register = PrincipalRegister(settings(Self.alice))
        let before = owner(Self.alice, register)
        register.keep(settings(Self.bob))
        #expect(before.map(register.access([Self.bob], clientsOf: []).admits) == false)
        #expect(register.credentials.count == 1)
        register.keep(settings(Self.alice, Self.bob))
        let after = owner(Self.alice, register)
        #expect(after != before && after != nil)
    }

    @Test("As long as a route accepts a token, it is not forgotten")
    func inUse() {
        let register = PrincipalRegister(settings(Self.alice))
        let route = register.access([Self.alice], clientsOf: [])
        register.keep(settings(Self.bob))
        #expect(owner(Self.alice, register) == route.onlyPrincipal(among: []))
    }

    @Test("What is for one caller admits nobody else, and nobody at all once the caller's token was taken away")
    func ofCaller() throws {
        let register = PrincipalRegister(settings(Self.alice, Self.bob))
        let (alice, bob) = (try #require(owner(Self.alice, register)), try #require(owner(Self.bob, register)))
        let hers = register.access(of: alice)
        #expect(hers.admits(alice) && !hers.admits(bob) && !hers.admits(.anonymous))
        register.keep(settings(Self.bob))
        #expect(register.credentials.count == 1 && !register.access(of: alice).admits(alice))
        let late = register.access(of: Principal(name: "token 99"))
        #expect(!late.admits(bob) && !late.admits(.anonymous) && !late.isOpen)
        #expect(register.access(of: .anonymous).admits(.anonymous))
    }

    @Test(
        "The status is for the proxy's own tokens, or any server's where it has none, or everybody where there is none")
    func status() {
        var settings = settings(Self.alice, servers: [[Self.bob]])
        var register = PrincipalRegister(settings)
        var access = register.statusAccess(settings)
        #expect(access.principal(for: owner(Self.alice, register)) != nil)
        #expect(access.principal(for: owner(Self.bob, register)) == nil && !access.admits(.anonymous))
        settings.options.authTokens = []
        register = PrincipalRegister(settings)
        access = register.statusAccess(settings)
        #expect(access.principal(for: owner(Self.bob, register)) != nil && !access.admits(.anonymous))
        settings.servers = []
        #expect(PrincipalRegister(settings).statusAccess(settings).admits(.anonymous))
    }

    // MARK: Clients that have names

    private func named(_ clients: ClientSettings...) -> ProxySettings {
        var settings = settings()
        settings.clients = clients
        return settings
    }

    @Test("A client is one principal with each of its tokens, and stays it when they are others")
    func client() throws {
        let laptop = ClientSettings(name: "laptop", tokens: [Self.alice], rights: Rights(servers: .all))
        let register = PrincipalRegister(named(laptop))
        let before = try #require(register.namedClients.first)
        #expect(owner(Self.alice, register) == before && before.isNamed)
        var renewed = laptop
        renewed.tokens = [Self.bob]
        #expect(register.keep(named(renewed)).isEmpty)
        #expect(owner(Self.bob, register) == before && register.credentials.count == 1)
    }

    @Test("With a client nothing is open to everybody")
    func closed() {
        let register = PrincipalRegister(named(ClientSettings(name: "laptop", tokens: [Self.alice])))
        let access = register.access([], clientsOf: [.server(ByteText("git"))])
        #expect(access.principal(for: nil) == nil && access.principal(for: owner(Self.alice, register)) == nil)
        #expect(PrincipalRegister(settings()).access([], clientsOf: []) == .everybody)
    }

    @Test("Other rights are those of the same client, and one that is gone has none")
    func rights() throws {
        var laptop = ClientSettings(name: "laptop", tokens: [Self.alice], rights: Rights(servers: .all))
        let register = PrincipalRegister(named(laptop))
        let principal = try #require(register.namedClients.first)
        laptop.rights.tools.isReadOnly = true
        #expect(register.keep(named(laptop)) == [principal] && principal.tools.isReadOnly)
        #expect(register.keep(settings()) == [principal] && principal.rights == .none)
        #expect(register.credentials.count == 0)
    }

    @Test("A token that goes from one client to another stands for the other from then on")
    func moved() throws {
        let (laptop, agent) = (ClientSettings(name: "laptop", tokens: [Self.alice]), ClientSettings(name: "agent"))
        let register = PrincipalRegister(named(laptop, agent))
        let before = try #require(owner(Self.alice, register))
        register.keep(
            named(ClientSettings(name: "laptop"), ClientSettings(name: "agent", tokens: [Self.alice])))
        let after = try #require(owner(Self.alice, register))
        #expect(before.name == "client laptop" && after.name == "client agent")
        #expect(register.credentials.count == 1)
    }

    @Test("A token of a client that stands at a server as well is that client's there")
    func atServer() throws {
        let register = PrincipalRegister(named(ClientSettings(name: "laptop", tokens: [Self.alice])))
        let access = register.access([Self.alice], clientsOf: [])
        #expect(register.namedClients.map(access.admits) == [true] && register.credentials.count == 1)
    }

    @Test("Each token is known once, and only while something holds it")
    func known() {
        let known = KnownTokens(Credentials(), TaskSeal(secrets: [:]))
        var leases = [known.lease(Self.alice), known.lease(Self.alice), known.lease(Self.bob)]
        #expect(known.count == 2 && leases[0] === leases[1])
        let bob = leases[2].principal
        leases.removeFirst()
        #expect(known.count == 2)
        leases = []
        #expect(known.count == 0 && !known.accepts(bob))
    }
}
