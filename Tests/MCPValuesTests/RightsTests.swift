import MCPValues
import Testing

/// What a client may do.
@Suite struct RightsTests {
    private func server(_ name: String) -> Place { .server(ByteText(name)) }

    @Test("What nothing is said of may not be done")
    func nothing() {
        for place in [server("git"), .group(ByteText("dev")), .endpoint, .management(.read), .management(.none)] {
            #expect(!Rights.none.admit(place))
        }
    }

    @Test("The last pattern that matches decides about a server")
    func servers() {
        let rights = Rights(servers: NamePatterns(["*", "!mail*", "mail-test"]))
        #expect(rights.admit(server("git")) && !rights.admit(server("mail")) && rights.admit(server("mail-test")))
        #expect(rights.admit(.endpoint))
    }

    @Test(
        "Groups that are left out are open as far as their servers are; a group that is named is open with all it offers"
    )
    func groups() {
        func member(_ server: String) -> Place { .member(ByteText(server), group: ByteText("dev")) }
        let (git, dev) = (NamePatterns(["git"]), NamePatterns(["dev"]))
        #expect(Rights(servers: git).admit(member("git")) && !Rights(servers: git).admit(member("mail")))
        #expect(!Rights(servers: git).admit(.group(ByteText("dev"))))
        let named = Rights(groups: .named(dev))
        #expect(named.admit(member("mail")) && named.admit(.group(ByteText("dev"))) && !named.admit(server("mail")))
        let none = Rights(servers: git, groups: .named(NamePatterns([])))
        #expect(!none.admit(member("git")) && none.admit(server("git")))
    }

    @Test("Each right in the management API includes those before it")
    func management() {
        let rights = Rights(management: .write)
        #expect(rights.admit(.management(.read)) && rights.admit(.management(.write)))
        #expect(!rights.admit(.management(.execute)))
        #expect(ManagementRight.allCases == ManagementRight.allCases.sorted())
    }

    @Test(
        "A tool may be used by its name with the prefix of its server, and by the one that the operator has given it",
        arguments: [
            (["*"], "git__push", nil, true), (["git__*"], "git__push", nil, true),
            (["git__*"], "mail__send", nil, false),
            (["*", "!git__*push*"], "git__push", nil, false), (["*", "!git__*push*"], "git__log", nil, true),
            // A name in a group does not free what is taken away, and may be taken away or given itself.
            (["*", "!git__*push*"], "git__push", "publish", false), (["publish"], "git__push", "publish", true),
            (["*", "!publish"], "git__push", "publish", false), (["git__push"], "git__push", "publish", true),
            // A server that drops half of a surrogate pair could take it for the one that is denied.
            (["*", "!git__push"], "git__pu\u{FFFD}sh", nil, false), (["*"], "git__pu\u{FFFD}sh", nil, true),
            ([], "git__push", nil, false),
        ] as [([String], String, String?, Bool)])
    func tools(patterns: [String], whole: String, given: String?, mayUse: Bool) {
        #expect(
            ToolRights(NamePatterns(patterns)).admit(whole, given: given, saysReadOnly: false) == mayUse)
    }

    @Test("Who may only read uses what says of itself that it changes nothing")
    func readOnly() {
        let rights = ToolRights(isReadOnly: true)
        #expect(rights.admit("git__log", given: nil, saysReadOnly: true) && !rights.isAll)
        #expect(!rights.admit("git__log", given: nil, saysReadOnly: false))
    }
}
