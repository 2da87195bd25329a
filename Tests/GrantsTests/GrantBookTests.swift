import MCPUpstream
import NIOCore
import Testing

@testable import Grants

/// The grants of all servers, and of callers who have their own.
@Suite struct GrantBookTests {
    private let harness = GrantHarness()

    @Test("A server has one grant as long as its settings are the same, and another one after")
    func same() throws {
        let book = harness.book()
        let grant = book.grant(try harness.settings(), harness.surroundings)
        #expect(book.grant(try harness.settings(), harness.surroundings) === grant)
        let other = book.grant(try harness.settings(scopes: ["a"]), harness.surroundings)
        #expect(other !== grant)
        #expect(book.grant(try harness.settings(scopes: ["a"]), harness.surroundings) === other)
    }

    @Test("The name of a file says nothing and fits everywhere, and no two are the same")
    func names() {
        let names = [
            GrantBook.digest(of: "a", nil), GrantBook.digest(of: "../../etc/passwd", nil),
            GrantBook.digest(of: "", nil),
            GrantBook.digest(of: "a", ""), GrantBook.digest(of: "a", "b"), GrantBook.digest(of: "ab", ""),
            GrantBook.digest(of: "e\u{301}", nil), GrantBook.digest(of: "\u{E9}", nil),
        ]
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.utf8.count == 32 && $0.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } })
        #expect(GrantBook.digest(of: "a", nil) == "ca978112ca1bbdcafac231b39a23dc4d", "the beginning of its SHA-256")
    }

    @Test("Callers have grants of their own where the server is called for each, and share one elsewhere")
    func personal() async throws {
        let shared = try harness.grant()
        #expect(shared.grant(of: "ann") === shared)
        let parent = try harness.grant(nil, try harness.settings(isPersonal: true))
        let (ann, bob) = (parent.grant(of: "ann"), parent.grant(of: "bob"))
        #expect(ann !== bob && ann !== parent && parent.grant(of: "ann") === ann)
        #expect(ann.grant(of: "bob") === ann)
        try await harness.logIn(to: ann)
        #expect(try await Asked(ann).credential() == "send 1")
        #expect(try await Asked(bob).credential() == "send nothing")
        #expect(try await Asked(parent).credential() == "send nothing")
        #expect(parent.report.isHeld && !bob.report.isHeld)
        let again = harness.book().grant(try harness.settings(isPersonal: true), harness.surroundings)
        #expect(again.report.isHeld, "somebody has logged in, although he has not come yet")
        #expect(again.grant(of: "ann").report.isHeld && !again.grant(of: "bob").report.isHeld)
    }

    @Test("With a server the logins of all its callers are forgotten, also of those who have not come in this run")
    func forgotten() async throws {
        let settings = try harness.settings(isPersonal: true)
        let parent = try harness.grant(nil, settings)
        for name in ["ann", "bob"] { try await harness.logIn(to: parent.grant(of: name)) }
        let other = GrantBook.file(of: "docsy", "ann")
        harness.storage.files[other] = [1]
        let again = harness.book().grant(settings, harness.surroundings)
        #expect(again.grant(of: "ann").report.isHeld)
        try again.forgetAll()
        #expect(!again.report.isHeld && !again.grant(of: "ann").report.isHeld && !again.grant(of: "bob").report.isHeld)
        #expect(harness.storage.files.keys.filter { $0 != "clients" } == [other])
    }

    @Test(
        "Where authorization servers are reached in another way now, the grant that stays goes that way, for each caller"
    )
    func otherWay() async throws {
        let book = harness.book()
        let settings = try harness.settings(isPersonal: true)
        var surroundings = harness.surroundings
        surroundings.send = { (_) async throws(UpstreamFailure) in throw UpstreamFailure(.notReachable, "no way") }
        let grant = book.grant(settings, surroundings).grant(of: "ann")
        await #expect(throws: GrantFailure.self) { try await harness.logIn(to: grant) }
        #expect(book.grant(settings, harness.surroundings).grant(of: "ann") === grant)
        try await harness.logIn(to: grant)
        #expect(grant.report.isHeld)
    }

    @Test("What may be somebody else's at the next start is not kept")
    func notKept() async throws {
        let parent = try harness.grant(nil, try harness.settings(isPersonal: true))
        try await harness.logIn(to: parent.grant(of: "token 1"))
        #expect(parent.grant(of: "token 1").report.isHeld)
        #expect(harness.storage.files.keys.filter { $0 != "clients" }.isEmpty)
    }
}
