/// Asks connections whether those may go on whom they have let in, after tokens have been taken away.
struct VisitorReview: Sendable {
    let mayStay: @Sendable (Visitor) -> Bool
}
