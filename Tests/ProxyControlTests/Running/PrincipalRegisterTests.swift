import MCPFrontEnd
import MCPGateway
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

    @Test("One token is one principal, wherever it is accepted, and no two tokens are the same one")
    func principals() {
        let register = PrincipalRegister(settings(Self.alice, servers: [[Self.alice, Self.bob]]))
        let (first, second) = (register.tokens([Self.alice]), register.tokens([Self.alice, Self.bob]))
        let alice = first.principal(authorization: "Bearer token-of-alice")
        #expect(alice != nil && alice == second.principal(authorization: "Bearer token-of-alice"))
        #expect(second.principal(authorization: "Bearer token-of-bob") != alice)
        #expect(first.principal(authorization: "Bearer token-of-bob") == nil)
    }

    @Test("A token keeps its principal from one configuration to the next, without a gap in which it is forgotten")
    func kept() {
        let register = PrincipalRegister(settings(Self.alice))
        let before = register.tokens([Self.alice]).onlyPrincipal
        register.keep(settings(Self.bob, Self.alice))
        #expect(register.tokens([Self.alice]).onlyPrincipal == before)
    }

    @Test("A token that nothing accepts any more is forgotten; when it comes back it is somebody else")
    func forgotten() {
        let register = PrincipalRegister(settings(Self.alice))
        let before = register.tokens([Self.alice]).onlyPrincipal
        register.keep(settings(Self.bob))
        #expect(!register.tokens([Self.bob]).admits(before))
        register.keep(settings(Self.alice, Self.bob))
        let after = register.tokens([Self.alice]).onlyPrincipal
        #expect(after != before && after != .anonymous)
    }

    @Test("As long as a route accepts a token, it is not forgotten")
    func inUse() {
        let register = PrincipalRegister(settings(Self.alice))
        let route = register.tokens([Self.alice])
        register.keep(settings(Self.bob))
        #expect(register.tokens([Self.alice]).onlyPrincipal == route.onlyPrincipal)
    }

    @Test("What is for one caller admits nobody else, and nobody at all once the caller's token was taken away")
    func ofCaller() {
        let register = PrincipalRegister(settings(Self.alice, Self.bob))
        let (alice, bob) = (
            register.tokens([Self.alice]).onlyPrincipal, register.tokens([Self.bob]).onlyPrincipal
        )
        let hers = register.tokens(of: alice)
        #expect(hers.admits(alice) && !hers.admits(bob) && !hers.admits(.anonymous))
        register.keep(settings(Self.bob))
        let late = register.tokens(of: Principal(name: "token 99"))
        #expect(!late.admits(bob) && !late.admits(.anonymous) && !late.isEmpty)
        #expect(register.tokens(of: .anonymous).admits(.anonymous))
    }

    @Test(
        "The status is for the proxy's own tokens, or any server's where it has none, or everybody where there is none")
    func status() {
        var settings = settings(Self.alice, servers: [[Self.bob]])
        var register = PrincipalRegister(settings)
        var tokens = register.statusTokens(settings)
        #expect(tokens.admits(register.tokens([Self.alice]).onlyPrincipal))
        #expect(!tokens.admits(register.tokens([Self.bob]).onlyPrincipal) && !tokens.admits(.anonymous))
        settings.options.authTokens = []
        register = PrincipalRegister(settings)
        tokens = register.statusTokens(settings)
        #expect(tokens.admits(register.tokens([Self.bob]).onlyPrincipal) && !tokens.admits(.anonymous))
        settings.servers = []
        #expect(PrincipalRegister(settings).statusTokens(settings).admits(.anonymous))
    }

    @Test("Each token is known once, and only while something holds it")
    func known() {
        let known = KnownTokens(TaskSeal(secrets: [:]))
        var leases = [known.lease(Self.alice), known.lease(Self.alice), known.lease(Self.bob)]
        #expect(known.count == 2 && leases[0] === leases[1])
        let bob = leases[2].principal
        leases.removeFirst()
        #expect(known.count == 2)
        leases = []
        #expect(known.count == 0 && known.lease(of: bob) == nil)
    }
}
