/// Keeps how far a leg has come, and who waits for it.
///
/// A value: events go in, and the leg does what comes out. `Footing` is what an open leg stands on.
struct LegState<Footing, Waiter> {
    private enum State {
        /// Nobody has wanted it yet, or it could not be opened. Followed by `opening` or `lost`.
        case unopened
        /// Followed by `open`, `unopened` or `lost`.
        case opening(Opening)
        /// Followed by `lost`.
        case open(Footing)
        /// Its server was replaced, or its session has ended. Followed by `opening`.
        case lost
    }

    private struct Opening {
        var waiting: [Waiter]
        /// nil before it is known what the server speaks.
        var footing: Footing?
        /// Whether the server turned out to speak another era than it was thought to.
        var isSecond = false
    }

    /// Says what the wish for a leg leads to.
    enum Wish: Equatable {
        case isOpen
        /// It is being opened already.
        case waits
        /// This attempt to open it has to be made.
        case begins(attempt: Int)
    }

    /// Says what an introduction leads to.
    enum Outcome {
        case opened([Waiter])
        /// It has to be opened once more, after what it stood on was given back.
        case again(attempt: Int, leaving: Footing?)
        /// Nobody waits for this attempt any more.
        case late
    }

    private var state = State.unopened
    private var attempts = 0

    /// What it stands on; nil while it is not open.
    var footing: Footing? {
        if case .open(let footing) = state { footing } else { nil }
    }

    /// Who waits until it is open, in the order in which they came.
    var waiting: [Waiter] {
        if case .opening(let opening) = state { opening.waiting } else { [] }
    }

    /// Tells whether this attempt to open it is still under way.
    func isOpening(_ attempt: Int) -> Bool {
        if case .opening = state { attempt == attempts } else { false }
    }

    /// Somebody needs it open, and is kept unless it is.
    mutating func wanted(by waiter: Waiter) -> Wish {
        switch state {
        case .open: return .isOpen
        case .opening(var opening):
            opening.waiting.append(waiter)
            state = .opening(opening)
            return .waits
        case .unopened, .lost:
            attempts += 1
            state = .opening(Opening(waiting: [waiter]))
            return .begins(attempt: attempts)
        }
    }

    /// A connection was found in an attempt that is under way.
    mutating func found(_ footing: Footing) {
        guard case .opening(var opening) = state else { return }
        opening.footing = footing
        state = .opening(opening)
    }

    /// The server need not say what it is. Returns who has waited.
    mutating func opened() -> [Waiter] {
        guard case .opening(let opening) = state, let footing = opening.footing else { return [] }
        state = .open(footing)
        return opening.waiting
    }

    /// The server has said what it is.
    ///
    /// - Parameter asThought: Whether it speaks the era for which the connection was chosen. A second time that is not
    ///   made better by another attempt: calls are told then.
    mutating func introduced(_ attempt: Int, asThought: Bool) -> Outcome {
        guard isOpening(attempt), case .opening(var opening) = state else { return .late }
        if asThought || opening.isSecond { return .opened(opened()) }
        let former = opening.footing
        opening.footing = nil
        opening.isSecond = true
        attempts += 1
        state = .opening(opening)
        return .again(attempt: attempts, leaving: former)
    }

    /// The footing of an open leg has changed.
    mutating func changed(_ footing: Footing) {
        if case .open = state { state = .open(footing) }
    }

    /// Somebody waits no more.
    mutating func withdraw(where isMeant: (Waiter) -> Bool) -> Waiter? {
        guard case .opening(var opening) = state, let index = opening.waiting.firstIndex(where: isMeant) else {
            return nil
        }
        let waiter = opening.waiting.remove(at: index)
        state = .opening(opening)
        return waiter
    }

    /// It could not be opened. Returns who has waited, and what has to be given back.
    mutating func failed(_ attempt: Int) -> (waiting: [Waiter], leaving: Footing?) {
        guard isOpening(attempt) else { return ([], nil) }
        return leave(for: .unopened)
    }

    /// Its server was replaced, or its session has ended. Returns who has waited, and what has to be given back.
    mutating func lost() -> (waiting: [Waiter], leaving: Footing?) { leave(for: .lost) }

    private mutating func leave(for next: State) -> (waiting: [Waiter], leaving: Footing?) {
        defer { state = next }
        return switch state {
        case .opening(let opening): (opening.waiting, opening.footing)
        case .open(let footing): ([], footing)
        case .unopened, .lost: ([], nil)
        }
    }
}
