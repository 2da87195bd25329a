import MCPCore
import NIOCore

/// Asks servers on behalf of a client: a client's session, or one request of a client that has none.
///
/// Everything but the constants belongs to its event loop.
protocol Caller: LoopConfined {
    var principal: Principal { get }
    /// Which era the client speaks.
    var era: Era { get }
    /// Which questions the client has declared to answer.
    var capabilities: DeclaredCapabilities { get }
    /// Which client it is, as far as can be told.
    var identity: CallerIdentity { get }

    /// Tells to whom tasks belong that are created on its behalf.
    func taskOwner(at server: ServerConnections) -> TaskOwner

    /// Takes a notification that belongs to an exchange; to the only one under way, when none is named. The progress
    /// token in it is still ours.
    func deliver(_ notification: Message, from server: ServerConnections, for exchange: Exchange?)

    /// Takes the end of an exchange.
    func finish(_ exchange: Exchange, _ answer: Answer)

    /// Puts a question to the client.
    ///
    /// - Parameter exchange: To which it belongs, where that is known.
    func ask(_ question: ClientQuestion, during exchange: Exchange?)

    /// Takes answers to questions that were put to it, which came with another call of the same person.
    func take(_ responses: InputResponses)

    /// Says that the answer to a question is not needed any more, of this caller at least.
    func withdraw(_ origin: ClientQuestion.Origin, _ notification: Message)

    /// Ends, if its client is away: a call that is here needs the room at the server.
    func giveWay()
}

extension Caller {
    /// The client of a session is there as long as its session is.
    func giveWay() {}
}

/// Tells clients apart where a server does not say whom it means.
enum CallerIdentity: Hashable, Sendable {
    case session(ObjectIdentifier)
    /// Requests without session of one person that say the same of their client: nothing else could tell two of that
    /// person's clients apart.
    case client(hash: Int)
    /// A request without session where callers may be strangers, who can say of themselves whatever they like.
    case call(ObjectIdentifier)
}

/// Holds what a server wants to know of a client, and where the answer has to go.
struct ClientQuestion: Sendable {
    /// Says which question of which connection this is, so that the question can be withdrawn.
    struct Origin: Hashable, Sendable {
        let connection: ObjectIdentifier
        let id: RequestID
    }

    /// The request; its identifier is replaced by one that the client has not seen yet.
    let message: Message
    /// nil for a question that came in a result and lives as long as its exchange.
    let origin: Origin?
    /// Takes the client's response. Its identifier is not yet the server's. May be called on any event loop.
    let answered: @Sendable (Message) -> Void
    /// Takes the reason why there is no answer. May be called on any event loop.
    let refused: @Sendable (String) -> Void
    /// Looks for another call that may have caused this, when the one to which it was put has ended or cannot ask now. nil
    /// where it belongs to that one. May be called on any event loop.
    var returned: (@Sendable () -> Void)?
}
