import MCPCore
import MCPUpstream

/// A question of the server that has not been answered yet.
struct Question {
    /// Tells it from all others of its connection; identifiers of servers come again after a restart.
    let ticket: Int
    let request: ServerRequest
}

// MARK: - Whom questions are put to

extension Turns {
    /// Holds what is known of an open question.
    struct Asked {
        let question: Question
        /// The last one who had begun to call when it came: nobody who came later can have caused it.
        let newest: Int
        /// Whether the server has said whom it means.
        let isCertain: Bool
        /// To whom it was put; nil while all who could have caused it are away.
        var holder: Taker.Key?
    }

    /// Says what comes of a question.
    enum Placement {
        case put(Question, to: Taker)
        /// It is kept until one of those comes back who can have caused it.
        case kept
        /// No call is in flight.
        case unrelated
        /// Several clients can be meant, who may be strangers to each other.
        case ambiguous
    }

    /// Says what is to be done about an open question.
    enum Step {
        /// It is put to one caller, and taken back from the one before.
        case put(Question, to: Taker, insteadOf: Taker?)
        /// Nobody is left who can have caused it.
        case giveUp(Question)
    }

    var hasQuestions: Bool { !questions.isEmpty }

    // MARK: Events

    /// The server has asked without saying for which call. From now on clients take turns, if calls are in flight.
    mutating func asked(_ request: ServerRequest) -> Placement {
        guard let first = entries.first?.value.taker.client else { return .unrelated }
        begin()
        let isClear = entries.values.allSatisfy { $0.taker.client == first }
        guard isClear || company == .onePerson else { return .ambiguous }
        let question = note(request, holder: nil, isCertain: false)
        guard let taker = choose(for: question.ticket) else { return .kept }
        assign(question.ticket, to: taker.key)
        return .put(question, to: taker)
    }

    /// The server has asked somebody in particular, or somebody was found without the help of calls.
    mutating func asked(_ request: ServerRequest, of key: Taker.Key) -> Question {
        let question = note(request, holder: nil, isCertain: true)
        assign(question.ticket, to: key)
        return question
    }

    /// A question needs no answer any more. Returns false when that is no news: then an answer comes too late.
    mutating func closed(_ ticket: Int) -> Bool {
        guard let asked = questions.removeValue(forKey: ticket) else { return false }
        unplaced.remove(ticket)
        if let holder = asked.holder { change(holder) { $0.questions -= 1 } }
        return true
    }

    /// The server has taken a question back.
    mutating func withdrawn(_ id: RequestID) {
        let meant = questions.filter { $0.value.question.request.id == id }
        let newest = meant.max { $0.value.question.request.generation < $1.value.question.request.generation }
        if let newest { _ = closed(newest.key) }
    }

    /// A caller could not put a question to its client, and it may be somebody else's.
    mutating func returned(_ ticket: Int, by key: Taker.Key) -> [Step] {
        guard let asked = questions[ticket], asked.holder == key else { return [] }
        questions[ticket]?.holder = nil
        if !asked.isCertain { unplaced.insert(ticket) }
        change(key) { $0.questions -= 1 }
        return settle()
    }

    /// Forgets all questions, because the server that asked them is gone.
    mutating func lost() {
        for ticket in Array(questions.keys) { _ = closed(ticket) }
    }

    /// Hands on the questions that nobody has, and those whose client stays away where another call can have caused them.
    ///
    /// Runs after every call: where there is nothing to hand on, it looks at no question.
    mutating func settle() -> [Step] {
        let oldest = entries.values.lazy.map(\.number).min() ?? .max
        let present = entries.values.lazy.filter { !$0.isAway }.map(\.number).min()
        var steps: [Step] = []
        for ticket in (unplaced + movable(toThoseSince: present)).sorted() {
            guard let asked = questions[ticket] else { continue }
            if let present, present <= asked.newest, let taker = choose(for: ticket) {
                let former = asked.holder.flatMap { entries[$0]?.taker }
                assign(ticket, to: taker.key)
                steps.append(.put(asked.question, to: taker, insteadOf: former))
            } else if asked.holder == nil, oldest > asked.newest {
                _ = closed(ticket)
                steps.append(.giveUp(asked.question))
            }
        }
        return steps
    }

    /// Returns the questions whose client stays away and that the oldest of those who are there can have caused.
    private func movable(toThoseSince present: Int?) -> [Int] {
        guard let present, entries.values.contains(where: \.staysAway) else { return [] }
        return questions.filter { _, asked in
            asked.newest >= present && !asked.isCertain
                && asked.holder.flatMap { entries[$0] }?.staysAway == true
        }.map(\.key)
    }

    // MARK: Who is meant

    /// Tells who is being asked a question, and has calls in flight.
    func holder(of question: Question) -> Taker? {
        questions[question.ticket]?.holder.flatMap { entries[$0]?.taker }
    }

    /// Returns the others whose questions this one may answer, because both are the same person's.
    func askedAlike(_ taker: Taker) -> [Taker] {
        entries.values.filter { entry in
            entry.questions > 0 && entry.taker.key != taker.key
                && (company == .onePerson || entry.taker.client == taker.client)
        }.map(\.taker)
    }

    /// Returns the one to be asked: of those who can have caused a question and can be asked now, who has fewest to
    /// answer, or of several the one that began first.
    private func choose(for ticket: Int) -> Taker? {
        guard let newest = questions[ticket]?.newest else { return nil }
        let present = entries.values.filter { $0.number <= newest && !$0.isAway }
        return present.min { ($0.questions, $0.number) < ($1.questions, $1.number) }?.taker
    }

    private mutating func note(_ request: ServerRequest, holder: Taker.Key?, isCertain: Bool) -> Question {
        lastTicket += 1
        let question = Question(ticket: lastTicket, request: request)
        questions[lastTicket] = Asked(question: question, newest: lastNumber, isCertain: isCertain, holder: holder)
        if !isCertain { unplaced.insert(lastTicket) }
        return question
    }

    private mutating func assign(_ ticket: Int, to key: Taker.Key) {
        if let former = questions[ticket]?.holder { change(former) { $0.questions -= 1 } }
        questions[ticket]?.holder = key
        unplaced.remove(ticket)
        change(key) { $0.questions += 1 }
    }
}
