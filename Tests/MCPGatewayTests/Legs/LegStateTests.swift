import Testing

@testable import MCPGateway

/// How a leg comes and goes, without a server: what it stands on is a text, who waits a number.
@Suite struct LegStateTests {
    private typealias State = LegState<String, Int>

    /// One that is open.
    private func open() -> State {
        var state = State()
        _ = state.wanted(by: 0)
        state.found("a")
        _ = state.opened()
        return state
    }

    @Test("Only the first wish opens it; all who waited are told, in the order in which they came")
    func opens() {
        var state = State()
        #expect(state.wanted(by: 1) == .begins(attempt: 1))
        #expect(state.wanted(by: 2) == .waits && state.waiting == [1, 2])
        state.found("a")
        #expect(state.footing == nil, "it is not open before all are told")
        #expect(state.opened() == [1, 2])
        #expect(state.footing == "a" && state.waiting.isEmpty)
        #expect(state.wanted(by: 3) == .isOpen && state.waiting.isEmpty)
    }

    @Test("A server of another era than it was thought to speak is gone to once more, with all who wait, and not twice")
    func again() {
        var state = State()
        _ = state.wanted(by: 1)
        state.found("a")
        guard case .again(attempt: 2, leaving: "a") = state.introduced(1, asThought: false) else {
            Issue.record("no second attempt")
            return
        }
        #expect(!state.isOpening(1) && state.isOpening(2) && state.waiting == [1])
        guard case .late = state.introduced(1, asThought: true) else {
            Issue.record("the first attempt still counts")
            return
        }
        state.found("b")
        guard case .opened([1]) = state.introduced(2, asThought: false) else {
            Issue.record("it is not open")
            return
        }
        #expect(state.footing == "b")
    }

    @Test("After a failure all are told, what it stood on is given back, and the next wish opens it anew")
    func fails() {
        var state = State()
        _ = state.wanted(by: 1)
        state.found("a")
        let left = state.failed(1)
        #expect(left.waiting == [1] && left.leaving == "a")
        #expect(!state.isOpening(1) && state.footing == nil)
        #expect(state.wanted(by: 2) == .begins(attempt: 2))
        #expect(state.failed(1).waiting.isEmpty, "it is over")
        #expect(state.waiting == [2])
    }

    @Test("What it stands on is given back once when it is lost, open or not, and what comes late changes nothing")
    func lost() {
        var opened = open()
        #expect(opened.lost().leaving == "a" && opened.lost().leaving == nil)
        #expect(opened.footing == nil)
        opened.changed("b")
        #expect(opened.footing == nil)
        #expect(opened.wanted(by: 1) == .begins(attempt: 2))

        var opening = State()
        _ = opening.wanted(by: 1)
        opening.found("a")
        let left = opening.lost()
        #expect(left.waiting == [1] && left.leaving == "a")
        guard case .late = opening.introduced(1, asThought: true) else {
            Issue.record("it opens although it is lost")
            return
        }
        opening.found("b")
        #expect(opening.opened().isEmpty && opening.footing == nil)
    }

    @Test("Whoever waits no more is not told, and the others are")
    func withdraws() {
        var state = State()
        for waiter in 1...3 { _ = state.wanted(by: waiter) }
        #expect(state.withdraw { $0 == 2 } == 2 && state.withdraw { $0 == 2 } == nil)
        state.found("a")
        #expect(state.opened() == [1, 3])
    }

    @Test("A change of what it stands on holds from then on")
    func changes() {
        var state = open()
        state.changed("b")
        #expect(state.footing == "b")
    }
}
