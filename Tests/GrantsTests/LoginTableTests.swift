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
            of: try grant ?? harness.grant(), generation: 0, redirect: Samples.redirect, try Samples.protection(),
            as: Samples.client, scopes: [], browser: browser, state: state, end: end)
    }

    @Test("A login is taken out once")
    func once() throws {
        table.begin(try login("a"))
        #expect(try table.take("a", by: .browser(mark: "mine")).state == "a")
        #expect(
            Samples.words { _ = try table.take("a", by: .browser(mark: "mine")) }?.contains("is not known: it is over")
                == true)
    }

    @Test("Another browser finishes nothing, and disturbs nothing", arguments: ["other", "", "mine ", nil])
    func otherBrowser(browser: String?) throws {
        table.begin(try login("a"))
        #expect(
            Samples.words { _ = try table.take("a", by: .browser(mark: browser)) }?.contains("in another browser")
                == true)
        #expect(try table.take("a", by: .browser(mark: "mine")).state == "a")
    }

    @Test("What another program sees to is finished by it, and by no browser that was led here")
    func noBrowser() throws {
        table.begin(try login("a", browser: nil))
        table.begin(try login("b", browser: nil))
        #expect(try table.take("a", by: .program).state == "a")
        for mark in [nil, "", "any"] {
            #expect(
                Samples.words { _ = try table.take("b", by: .browser(mark: mark)) }?.contains("begun by a program")
                    == true)
        }
        #expect(try table.take("b", by: .program).state == "b")
    }

    @Test("States are told apart byte by byte")
    func states() throws {
        table.begin(try login("\u{E9}"))
        for state in ["e\u{301}", "", "\u{E9} "] {
            #expect(Samples.words { _ = try table.take(state, by: .browser(mark: "mine")) } != nil)
        }
    }

    @Test("A login that took too long is over")
    func late() throws {
        table.begin(try login("a", end: .now() - .nanoseconds(1)))
        #expect(
            Samples.words { _ = try table.take("a", by: .browser(mark: "mine")) }?.contains(
                "took longer than ten minutes") == true
        )
    }

    @Test("Of a thousand who come back with the same answer one is let in")
    func race() async throws {
        table.begin(try login("a"))
        let taken = await withTaskGroup(of: Bool.self) { [table] group in
            for _ in 0..<1_000 { group.addTask { (try? table.take("a", by: .browser(mark: "mine"))) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 1)
    }

    @Test("Whoever begins one after another takes no room from others: of one grant the oldest gives way")
    func crowd() throws {
        table.begin(try login("other"))
        let grant = try harness.grant()
        for number in 0..<2_000 { table.begin(try login("\(number)", of: grant)) }
        #expect(try table.take("other", by: .browser(mark: "mine")).state == "other")
        #expect(throws: GrantFailure.self) { try table.take("1983", by: .browser(mark: "mine")) }
        #expect(try table.take("1984", by: .browser(mark: "mine")).state == "1984")
    }

    @Test("The oldest give way to more than a thousand")
    func bounded() throws {
        for number in 0...LoginTable.maximumPending { table.begin(try login("\(number)")) }
        #expect(throws: GrantFailure.self) { try table.take("0", by: .browser(mark: "mine")) }
        #expect(try table.take("1", by: .browser(mark: "mine")).state == "1")
        #expect(try table.take("1000", by: .browser(mark: "mine")).state == "1000")
    }

    @Test("What was begun for a grant is forgotten with it, and nothing else")
    func forget() throws {
        let (one, other) = (try harness.grant(), try harness.grant())
        table.begin(try login("a", of: one))
        table.begin(try login("b", of: other))
        table.forget(one)
        #expect(throws: GrantFailure.self) { try table.take("a", by: .browser(mark: "mine")) }
        #expect(try table.take("b", by: .browser(mark: "mine")).state == "b")
    }
}
