import MCPCore
import MCPTestSupport
import MCPUpstream
import NIOCore
import Testing

@testable import MCPGateway

/// One who calls, in a test.
struct Seat: TurnTaker, Equatable {
    let key: Int
    let client: String
}

/// A call that waits for its turn, in a test.
final class WaitingCall {}

@Suite struct TurnsTests {
    typealias SomeTurns = Turns<Seat, WaitingCall>

    private static let alice = Seat(key: 1, client: "alice")
    private static let aliceAgain = Seat(key: 2, client: "alice")
    private static let bob = Seat(key: 3, client: "bob")

    private func turns(_ company: Company = .onePerson, of seats: [Seat] = [], asks: Bool = false) -> SomeTurns {
        var turns = SomeTurns(company, isTakingTurns: asks)
        for seat in seats { turns.started(seat, hearsLogMessages: false) }
        return turns
    }

    private func question(_ id: Int) throws -> ServerRequest {
        try SomeTurns.question(id)
    }

    // MARK: Turns

    @Test("As long as the server asks nothing, everybody may call")
    func free() {
        var turns = turns(of: [Self.alice])
        #expect(turns.mayStart(WaitingCall(), of: "bob") && turns.mayStart(WaitingCall(), of: "alice"))
        #expect(turns.next() == nil)
    }

    @Test("Once it is known that the server asks, others wait until all calls of who has the turn have ended")
    func taken() {
        var turns = turns(of: [Self.alice, Self.alice], asks: true)
        let call = WaitingCall()
        #expect(turns.mayStart(call, of: "bob") == false)
        turns.ended(Self.alice)
        #expect(turns.next() == nil, "one call of two has ended")
        turns.ended(Self.alice)
        #expect(turns.next() === call && turns.next() == nil)
    }

    @Test("Who has the turn gets no further one while somebody waits, and who waits is served in order")
    func fair() {
        var turns = turns(of: [Self.alice], asks: true)
        #expect(turns.mayStart(WaitingCall(), of: "alice") == true)
        let (first, second) = (WaitingCall(), WaitingCall())
        #expect(!turns.mayStart(first, of: "bob") && !turns.mayStart(second, of: "alice"))
        turns.ended(Self.alice)
        #expect(turns.next() === first)
        turns.started(Self.bob, hearsLogMessages: false)
        #expect(turns.next() == nil)
        turns.ended(Self.bob)
        #expect(turns.next() === second)
    }

    @Test("Who stops waiting is passed over, and cannot stop twice")
    func stopped() {
        var turns = turns(of: [Self.alice], asks: true)
        let call = WaitingCall()
        #expect(turns.stopWaiting(call) == false)
        #expect(turns.mayStart(call, of: "bob") == false)
        #expect(turns.stopWaiting(call) && !turns.stopWaiting(call))
        turns.ended(Self.alice)
        #expect(turns.next() == nil)
    }

    @Test("An end without a start changes nothing")
    func unbalanced() {
        var turns = turns(of: [Self.alice], asks: true)
        turns.ended(Self.bob)
        turns.ended(Self.aliceAgain)
        #expect(turns.mayStart(WaitingCall(), of: "bob") == false)
    }

    @Test("The first question during a call begins the turns; one outside of calls does not")
    func begun() throws {
        var turns = turns()
        guard case .unrelated = turns.asked(try question(1)) else {
            Issue.record("there are no calls")
            return
        }
        #expect(!turns.isTakingTurns && !turns.hasQuestions)
        turns.started(Self.alice, hearsLogMessages: false)
        _ = turns.asked(try question(2))
        #expect(turns.isTakingTurns)
    }

    // MARK: Waiting for clients

    @Test(
        "A call whose client is away holds no turn, also among strangers",
        arguments: [Company.onePerson, .perhapsStrangers])
    func away(company: Company) throws {
        var turns = turns(company, of: [Self.alice], asks: true)
        let call = WaitingCall()
        #expect(turns.mayStart(call, of: "bob") == false)
        _ = turns.left(Self.alice.key)
        #expect(turns.next() === call)
        turns.started(Self.bob, hearsLogMessages: false)
        turns.goesOn(Self.alice.key)
        #expect(turns.mayStart(WaitingCall(), of: "carol") == false)
        turns.ended(Self.bob)
        #expect(turns.next() == nil, "it holds one again")
        turns.ended(Self.alice)
        #expect(turns.next() != nil)
    }

    @Test("A client that comes back in another's turn waits for its own, before all calls that have not begun")
    func returning() {
        var turns = turns(of: [Self.alice], asks: true)
        _ = turns.left(Self.alice.key)
        turns.started(Self.bob, hearsLogMessages: false)
        #expect(turns.comesBack(Self.alice.key) == false)
        #expect(turns.nextBack() == nil)
        let call = WaitingCall()
        #expect(turns.mayStart(call, of: "carol") == false)
        turns.ended(Self.bob)
        #expect(turns.nextBack() == Self.alice.key && turns.nextBack() == nil)
        #expect(turns.next() == nil, "it has the turn again")
        turns.ended(Self.alice)
        #expect(turns.next() === call)
    }

    @Test("Who comes back goes on at once in its own turn, when nobody has it, and when there is nothing to go on with")
    func returningAtOnce() {
        var turns = turns(of: [Self.alice, Self.aliceAgain], asks: true)
        _ = turns.left(Self.alice.key)
        #expect(turns.comesBack(Self.alice.key) == true)
        _ = turns.left(Self.alice.key)
        _ = turns.left(Self.aliceAgain.key)
        #expect(turns.comesBack(Self.alice.key) == true)
        #expect(turns.comesBack(Self.bob.key) == true)
        // One that ends while it waits is let go.
        turns.ended(Self.alice)
        turns.started(Self.bob, hearsLogMessages: false)
        #expect(turns.comesBack(Self.aliceAgain.key) == false)
        turns.ended(Self.aliceAgain)
        #expect(turns.nextBack() == Self.aliceAgain.key && turns.nextBack() == nil)
    }

    @Test("Who has waited long enough goes on although it is another's turn")
    func returningAllTheSame() {
        var turns = turns(of: [Self.alice], asks: true)
        _ = turns.left(Self.alice.key)
        turns.started(Self.bob, hearsLogMessages: false)
        #expect(turns.comesBack(Self.alice.key) == false)
        turns.goesOn(Self.alice.key)
        turns.ended(Self.bob)
        #expect(turns.nextBack() == nil)
        #expect(turns.mayStart(WaitingCall(), of: "bob") == false, "it holds the turn")
    }

    @Test("A call that ends while its client is away takes no turn from anybody")
    func endedAway() {
        var turns = turns(of: [Self.alice, Self.aliceAgain], asks: true)
        _ = turns.left(Self.alice.key)
        turns.ended(Self.alice)
        #expect(turns.mayStart(WaitingCall(), of: "bob") == false, "the other one still runs")
    }

    @Test(
        "A session that is asked keeps its turn, and may call meanwhile whoever waits: its answer may depend on that call"
    )
    func asked() throws {
        var turns = turns(of: [Self.alice])
        let asked = try turns.put(1)
        #expect(turns.mayStart(WaitingCall(), of: "bob") == false)
        #expect(turns.mayStart(WaitingCall(), of: "alice") == true)
        #expect(turns.closed(asked.ticket) == true)
        #expect(turns.mayStart(WaitingCall(), of: "alice") == false, "answered, it waits behind the other one")
    }

    @Test("An open question of a call whose client is away lets nobody pass those who wait")
    func askedAndAway() throws {
        var turns = turns(of: [Self.alice])
        _ = try turns.put(1)
        turns.started(Self.aliceAgain, hearsLogMessages: false)
        _ = turns.left(Self.alice.key)
        #expect(turns.mayStart(WaitingCall(), of: "bob") == false)
        #expect(turns.mayStart(WaitingCall(), of: "alice") == false)
    }

    @Test("Who is the only one to hear log messages that name no call is known as long as it is the only one")
    func listeners() {
        var turns = turns()
        turns.started(Self.alice, hearsLogMessages: false)
        #expect(turns.onlyListener == nil)
        turns.started(Self.bob, hearsLogMessages: true)
        #expect(turns.onlyListener == Self.bob)
        turns.started(Self.alice, hearsLogMessages: true)
        #expect(turns.onlyListener == nil && turns.takers.count == 2)
        turns.ended(Self.bob)
        #expect(turns.onlyListener == Self.alice)
    }
}

extension Turns<Seat, WaitingCall> {
    static func question(_ id: Int) throws -> ServerRequest {
        let text = #"{"jsonrpc":"2.0","id":\#(id),"method":"elicitation/create","params":{}}"#
        return ServerRequest(message: try Message(text), id: .integer(Int64(id)), generation: 1)
    }

    /// What an unaddressed question is known by, which must find somebody.
    mutating func put(_ id: Int) throws -> (ticket: Int, seat: Seat) {
        guard case .put(let question, let seat) = asked(try Self.question(id)) else { throw NotPut() }
        return (ticket: question.ticket, seat: seat)
    }

    struct NotPut: Error {}
}
