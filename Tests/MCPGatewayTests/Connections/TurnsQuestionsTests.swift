import MCPCore
import MCPUpstream
import Testing

@testable import MCPGateway

/// Whom a question is put to that came for no call.
@Suite struct TurnsQuestionsTests {
    typealias SomeTurns = Turns<Seat, WaitingCall>

    private static let first = Seat(key: 1, client: "alice")
    private static let second = Seat(key: 2, client: "alice")
    private static let other = Seat(key: 3, client: "bob")

    private func turns(_ company: Company = .onePerson, _ seats: Seat...) -> SomeTurns {
        var turns = SomeTurns(company, isTakingTurns: false)
        for seat in seats { turns.started(seat, hearsLogMessages: false) }
        return turns
    }

    /// Steps as texts: `1>2` for a question that moves, `>2` for one that nobody had, `!` for one that is given up.
    private func words(_ steps: [SomeTurns.Step]) -> [String] {
        steps.map { step in
            switch step {
            case .put(_, let taker, let former): "\(former.map { "\($0.key)" } ?? "")>\(taker.key)"
            case .giveUp: "!"
            }
        }
    }

    @Test("Of several calls the one is asked that has fewest open questions, and of those the oldest")
    func order() throws {
        var turns = turns(.onePerson, Self.first, Self.second)
        let one = try turns.put(1)
        #expect(one.seat == Self.first)
        #expect(try turns.put(2).seat == Self.second)
        #expect(turns.closed(one.ticket) == true)
        #expect(try turns.put(3).seat == Self.first, "it has answered, so what follows is its own")
    }

    @Test("A call that runs is asked before one whose client is away, however often it was asked")
    func running() throws {
        var turns = turns(.onePerson, Self.first, Self.second)
        _ = turns.left(Self.first.key)
        for id in 1...3 { #expect(try turns.put(id).seat == Self.second) }
    }

    @Test("Clients of one person are asked in the order of their calls; nobody's question is lost")
    func onePerson() throws {
        let third = Seat(key: 4, client: "carol")
        var turns = turns(.onePerson, Self.first, Self.other, third)
        #expect(try [1, 2, 3].map { try turns.put($0).seat.client } == ["alice", "bob", "carol"])
    }

    @Test("Where several clients may be strangers nobody is asked, not even beside a call whose client is away")
    func strangers() throws {
        var turns = turns(.perhapsStrangers, Self.first, Self.other)
        for isAway in [false, true] {
            if isAway { _ = turns.left(Self.first.key) }
            guard case .ambiguous = turns.asked(try SomeTurns.question(1)) else {
                Issue.record("somebody was asked, away: \(isAway)")
                return
            }
        }
        #expect(turns.isTakingTurns && !turns.hasQuestions)
        turns.ended(Self.first)
        #expect(try turns.put(2).seat == Self.other)
    }

    @Test("A question that comes while all are away waits for one that can have caused it, and for no later call")
    func kept() throws {
        var turns = turns(.onePerson, Self.first)
        _ = turns.left(Self.first.key)
        guard case .kept = turns.asked(try SomeTurns.question(1)) else {
            Issue.record("nobody can be asked")
            return
        }
        turns.started(Self.second, hearsLogMessages: false)
        #expect(turns.settle().isEmpty, "it began after the question had come")
        turns.goesOn(Self.first.key)
        #expect(words(turns.settle()) == [">1"])
        #expect(turns.settle().isEmpty)
    }

    @Test("A question that nobody is left for is given up, once")
    func givenUp() throws {
        var turns = turns(.onePerson, Self.first)
        _ = turns.left(Self.first.key)
        _ = turns.asked(try SomeTurns.question(1))
        turns.started(Self.second, hearsLogMessages: false)
        turns.ended(Self.first)
        #expect(words(turns.settle()) == ["!"])
        #expect(!turns.hasQuestions && turns.settle().isEmpty)
    }

    @Test("A question that comes back from a call goes to another that can have caused it, else it is given up")
    func returned() throws {
        var turns = turns(.onePerson, Self.first, Self.second)
        let asked = try turns.put(1)
        turns.ended(Self.first)
        #expect(words(turns.returned(asked.ticket, by: Self.first.key)) == [">2"])
        #expect(turns.returned(asked.ticket, by: Self.first.key).isEmpty, "it is not its own any more")
        turns.started(Self.other, hearsLogMessages: false)
        turns.ended(Self.second)
        #expect(words(turns.returned(asked.ticket, by: Self.second.key)) == ["!"])
        #expect(turns.closed(asked.ticket) == false)
    }

    @Test("A question comes back from a call whose client is away and waits there, if no other can have caused it")
    func bounced() throws {
        var turns = turns(.onePerson, Self.first)
        let asked = try turns.put(1)
        _ = turns.left(Self.first.key)
        #expect(turns.returned(asked.ticket, by: Self.first.key).isEmpty)
        turns.goesOn(Self.first.key)
        #expect(words(turns.settle()) == [">1"])
    }

    @Test("When a client stays away its question moves to a call that was there when it came; the answer counts once")
    func moved() throws {
        var turns = turns(.onePerson, Self.first, Self.second)
        let asked = try turns.put(1)
        let left = turns.left(Self.first.key)
        let absence = try #require(left)
        #expect(turns.settle().isEmpty, "it may still come back")
        turns.staysAway(Self.first.key, absence: absence)
        #expect(words(turns.settle()) == ["1>2"])
        #expect(turns.settle().isEmpty)
        #expect(turns.askedAlike(Self.first) == [Self.second], "the first may still answer")
        #expect(turns.closed(asked.ticket) && !turns.closed(asked.ticket))
    }

    @Test(
        "An absence that is over is not taken for the next one, and nobody is waited for where nobody else could be asked"
    )
    func absences() throws {
        var alone = turns(.onePerson, Self.first)
        _ = try alone.put(1)
        alone.started(Self.second, hearsLogMessages: false)
        #expect(alone.left(Self.first.key) == nil)
        var turns = turns(.onePerson, Self.first, Self.second)
        _ = try turns.put(1)
        let left = turns.left(Self.first.key)
        let absence = try #require(left)
        turns.goesOn(Self.first.key)
        turns.staysAway(Self.first.key, absence: absence)
        _ = turns.left(Self.first.key)
        turns.staysAway(Self.first.key, absence: absence)
        #expect(turns.settle().isEmpty)
    }

    @Test("A question for a certain call stays with it, whatever becomes of that")
    func certain() throws {
        var turns = turns(.onePerson, Self.first, Self.second)
        let question = turns.asked(try SomeTurns.question(1), of: Self.first.key)
        _ = turns.left(Self.first.key)
        turns.staysAway(Self.first.key, absence: 1)
        #expect(turns.settle().isEmpty)
        #expect(turns.holder(of: question) == Self.first)
    }

    @Test("Answers of one call are for others of the same person, among strangers only of the same client")
    func alike() throws {
        var onePerson = turns(.onePerson, Self.first, Self.other)
        for id in 1...2 { _ = try onePerson.put(id) }
        #expect(onePerson.askedAlike(Self.first) == [Self.other])
        #expect(onePerson.askedAlike(Self.other) == [Self.first])
        var strangers = turns(.perhapsStrangers, Self.first, Self.second)
        for id in 1...2 { _ = try strangers.put(id) }
        strangers.started(Self.other, hearsLogMessages: false)
        #expect(strangers.askedAlike(Self.other).isEmpty)
        #expect(strangers.askedAlike(Self.first) == [Self.second])
    }

    @Test("A question that the server takes back is open no more; of two with one identifier it is the later one")
    func withdrawn() throws {
        var turns = turns(.onePerson, Self.first, Self.second)
        let old = try turns.put(1)
        let message = try SomeTurns.question(1).message
        guard case .put(let new, _) = turns.asked(ServerRequest(message: message, id: .integer(1), generation: 2))
        else { throw SomeTurns.NotPut() }
        turns.withdrawn(.integer(1))
        #expect(!turns.closed(new.ticket) && turns.closed(old.ticket))
    }

    @Test("With the server all its questions are gone, and nobody counts as asked")
    func lost() throws {
        var turns = turns(.onePerson, Self.first)
        let asked = try turns.put(1)
        turns.lost()
        #expect(!turns.hasQuestions && turns.entries[Self.first.key]?.questions == 0)
        #expect(turns.closed(asked.ticket) == false)
    }

    @Test("Where every question has been put to somebody who may still answer, none of them is looked at after a call")
    func settledAtOnce() throws {
        let uses = CountedSeat.Uses()
        var turns = Turns<CountedSeat, WaitingCall>(.onePerson, isTakingTurns: true)
        let seats = (0..<50).map { CountedSeat(key: .init(number: $0, uses: uses)) }
        for (number, seat) in seats.enumerated() {
            turns.started(seat, hearsLogMessages: false)
            for id in 0..<(number == 0 ? 16 : 4) { _ = turns.asked(try SomeTurns.question(16 * number + id)) }
            _ = turns.left(seat.key)
        }
        uses.count = 0
        #expect(turns.settle().isEmpty)
        #expect(uses.count == 0)
        turns.goesOn(seats[0].key)
        uses.count = 0
        _ = turns.left(seats[0].key)
        #expect(uses.count < 300, "once for each question, not for each of them and each call")
    }

    @Test("Who was asked before it called counts as asked when it calls")
    func askedBefore() throws {
        var turns = turns()
        let question = turns.asked(try SomeTurns.question(1), of: Self.first.key)
        turns.started(Self.first, hearsLogMessages: false)
        turns.started(Self.other, hearsLogMessages: false)
        #expect(try turns.put(2).seat == Self.other)
        #expect(turns.closed(question.ticket) == true)
        #expect(try turns.put(3).seat == Self.first)
    }
}

/// One who calls, and counts how often it is looked at.
private struct CountedSeat: TurnTaker {
    final class Uses {
        var count = 0
    }

    struct Key: Hashable {
        let number: Int
        let uses: Uses

        static func == (left: Key, right: Key) -> Bool {
            left.uses.count += 1
            return left.number == right.number
        }

        func hash(into hasher: inout Hasher) {
            uses.count += 1
            hasher.combine(number)
        }
    }

    let key: Key
    var client: String { "alice" }
}
