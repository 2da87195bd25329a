/// Who the callers without a token are.
package enum Clientele: Sendable {
    /// There is one client, whose program this is; nobody else can come.
    case oneClient
    /// All of them act for the same person.
    case onePerson
    case perhapsStrangers
}
