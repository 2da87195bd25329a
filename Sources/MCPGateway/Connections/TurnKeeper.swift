/// Decides whose calls may be in flight on a connection that several sessions share.
///
/// A server over stdio asks its client things without saying for which call. As long as it does not ask, sessions
/// call freely. Once it has asked while calls of several sessions were in flight, sessions take turns, so that
/// every further question has exactly one possible addressee: nobody ever guesses.
struct TurnKeeper<Session: Hashable> {
    private(set) var isTakingTurns = false
    private var counts: [Session: Int] = [:]

    /// The sessions that have calls in flight.
    var active: Dictionary<Session, Int>.Keys { counts.keys }

    /// The only session with calls in flight.
    var onlyActive: Session? { counts.count == 1 ? counts.first?.key : nil }

    func mayStart(_ session: Session) -> Bool {
        !isTakingTurns || counts.isEmpty || onlyActive == session
    }

    mutating func started(_ session: Session) {
        counts[session, default: 0] += 1
    }

    mutating func ended(_ session: Session) {
        guard let count = counts[session] else { return }
        counts[session] = count > 1 ? count - 1 : nil
    }

    mutating func beginTakingTurns() {
        isTakingTurns = true
    }
}
