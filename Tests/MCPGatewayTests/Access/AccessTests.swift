import MCPValues
import Testing

@testable import MCPGateway

/// Who may use something.
@Suite struct AccessTests {
    private static let alice = Principal.token(number: 0)
    private static let bob = Principal.token(number: 1)
    private let hers = Access.holders([Self.alice])
    private let both = Access.holders([Self.alice, Self.bob])

    private func client(_ rights: Rights) -> Principal { Principal(Standing(client: "laptop", rights)) }

    @Test("Where nobody is asked who they are everybody is the same, whatever they show")
    func open() {
        for shown in [nil, Self.alice, client(Rights(servers: .all))] {
            #expect(Access.everybody.principal(for: shown) == .anonymous)
        }
        #expect(Access.everybody.admits(Self.alice) && !Access.everybody.keeps(Self.alice))
    }

    @Test("Whoever may use one of several things may come, and nobody else")
    func union() {
        let union = Access.union([hers, both])
        #expect(union.principal(for: Self.alice) == Self.alice && union.principal(for: Self.bob) == Self.bob)
        #expect(union.principal(for: nil) == nil && union.principal(for: Principal(name: "carol")) == nil)
        #expect(!union.admits(.anonymous) && !union.isOpen)
        #expect(Access.union([hers]).onlyPrincipal(among: []) == Self.alice)
    }

    @Test("Where one thing asks for nothing everybody may come, and who shows a token is still known by it")
    func withOpen() {
        let union = Access.union([hers, .everybody])
        #expect(union.principal(for: Self.alice) == Self.alice)
        #expect(union.principal(for: nil) == .anonymous && union.principal(for: Self.bob) == .anonymous)
        #expect(union.admits(.anonymous) && union.admits(Self.alice) && !union.admits(Self.bob))
        #expect(union.onlyPrincipal(among: []) == .anonymous)
        #expect(Access.union([.everybody, .everybody]) == .everybody)
        #expect(Access.union([union, both]).admits(.anonymous))
    }

    @Test("Without anything, and with what is closed, nobody may come")
    func nobody() {
        for union in [Access.union([]), .union([.nobody]), .union([.nobody, .nobody])] {
            #expect(union.principal(for: nil) == nil && union.principal(for: Self.alice) == nil)
            #expect(!union.admits(.anonymous) && !union.isOpen)
        }
        #expect(Access.union([.nobody, hers]).principal(for: nil) == nil)
    }

    @Test("Who was let in stays only where they would be let in as the same again")
    func kept() {
        let mixed = Access.union([hers, .everybody])
        #expect(mixed.keeps(Self.alice) && mixed.keeps(.anonymous) && !mixed.keeps(Self.bob))
        #expect(!both.keeps(.anonymous) && !Access.everybody.keeps(Self.alice))
    }

    @Test("A client comes where it has the right to, and nowhere else")
    func clients() {
        let git = Access.holders([Self.alice], clientsOf: [.server(ByteText("git"))])
        #expect(git.admits(client(Rights(servers: NamePatterns(["g*"])))))
        #expect(!git.admits(client(Rights(servers: NamePatterns(["*", "!git"])))))
        #expect(!git.admits(client(.none)) && git.admits(Self.alice) && !git.admits(Self.bob))
        #expect(git.principal(for: client(.none)) == nil)
        #expect(!git.admits(Principal(name: "client laptop")), "a name alone gives no right")
    }

    @Test("In a group a client may use what it may use, or all, if it has the right to the group, or nothing")
    func groups() {
        let member = Access.holders([], clientsOf: [.server(ByteText("git"))]).asMember(of: ByteText("dev"))
        let git = NamePatterns(["git"])
        #expect(member.admits(client(Rights(servers: git))))
        #expect(member.admits(client(Rights(groups: .named(NamePatterns(["dev"]))))))
        #expect(!member.admits(client(Rights(servers: git, groups: .named(NamePatterns(["other"]))))))
        #expect(!member.admits(client(.none)))
    }

    @Test("Other rights count at once for what was there before")
    func changed() {
        let standing = Standing(client: "laptop", Rights(servers: .all))
        let principal = Principal(standing)
        let git = Access.holders([], clientsOf: [.server(ByteText("git"))])
        #expect(git.keeps(principal))
        #expect(standing.take(.none) && !standing.take(.none))
        #expect(!git.keeps(principal))
    }

    @Test("The only one who may come is known, whether a token stands there or a client has the right")
    func only() {
        let git = Access.holders([], clientsOf: [.server(ByteText("git"))])
        let (laptop, other) = (client(Rights(servers: .all)), Principal(Standing(client: "other", .none)))
        #expect(git.onlyPrincipal(among: [laptop, other]) == laptop)
        #expect(hers.onlyPrincipal(among: [laptop]) == Self.alice)
        #expect(Access.holders([Self.alice], clientsOf: git.places).onlyPrincipal(among: [laptop]) == .anonymous)
    }
}
