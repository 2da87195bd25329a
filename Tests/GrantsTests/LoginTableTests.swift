import NIOCore
import Synchronization
import Testing

@testable import Grants

/// The logins that have begun, each of which is finished once.
@Suite struct LoginTableTests {
    private let harness = GrantHarness()
    private let table = LoginTable()

    private func login(
        _ state: String, browser: String? = "mine", end: NIODeadline = .now() + .minutes(10),
        of grant: ServerGrant? = nil
    ) throws -> PendingLogin {
        PendingLogin(
            grant: try grant ?? harness.grant(), state: state, verifier: "v", redirect: Samples.redirect,
            protection: try Samples.protection(), client: Samples.client, scopes: [], browser: browser, end: end)
    }

    @Test("A login is taken out once")
    func once() throws {
        table.begin(try login("a"))
        #expect(try table.take("a", browser: "mine").state == "a")
        #expect(
            Samples.words { _ = try table.take("a", browser: "mine") }?.contains("is not known: it is over") == true)
    }

    @Test("Another browser finishes nothing, and disturbs nothing", arguments: ["other", "", "mine ", nil])
    func otherBrowser(browser: String?) throws {
        table.begin(try login("a"))
        #expect(Samples.words { _ = try table.take("a", browser: browser) }?.contains("in another browser") == true)
        #expect(try table.take("a", browser: "mine").state == "a")
    }

    @Test("What another program sees to is finished without a browser of ours, or with one")
    func noBrowser() throws {
        table.begin(try login("a", browser: nil))
        table.begin(try login("b", browser: nil))
        #expect(try table.take("a", browser: nil).state == "a")
        #expect(try table.take("b", browser: "any").state == "b")
    }

    @Test("States are told apart byte by byte")
    func states() throws {
        table.begin(try login("\u{E9}"))
        for state in ["e\u{301}", "", "\u{E9} "] {
            #expect(Samples.words { _ = try table.take(state, browser: "mine") } != nil)
        }
    }

    @Test("A login that took too long is over")
    func late() throws {
        table.begin(try login("a", end: .now() - .nanoseconds(1)))
        #expect(
            Samples.words { _ = try table.take("a", browser: "mine") }?.contains("took longer than ten minutes") == true
        )
    }

    @Test("Of a thousand who come back with the same answer one is let in")
    func race() async throws {
        table.begin(try login("a"))
        let taken = await withTaskGroup(of: Bool.self) { [table] group in
            for _ in 0..<1_000 { group.addTask { (try? table.take("a", browser: "mine")) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 1)
    }

    @Test("The oldest give way to more than a thousand")
    func bounded() throws {
        let grant = try harness.grant()
        for number in 0...LoginTable.maximumPending { table.begin(try login("\(number)", of: grant)) }
        #expect(throws: GrantFailure.self) { try table.take("0", browser: "mine") }
        #expect(try table.take("1", browser: "mine").state == "1")
        #expect(try table.take("1000", browser: "mine").state == "1000")
    }

    @Test("What was begun for a grant is forgotten with it, and nothing else")
    func forget() throws {
        let (one, other) = (try harness.grant(), try harness.grant())
        table.begin(try login("a", of: one))
        table.begin(try login("b", of: other))
        table.forget(one)
        #expect(throws: GrantFailure.self) { try table.take("a", browser: "mine") }
        #expect(try table.take("b", browser: "mine").state == "b")
    }
}
