import AccessTokens
import Addresses
import Logging
import MCPCore
import MCPTestSupport
import NIOCore
import Synchronization

@testable import TokenIssuers

/// An issuer in memory, which answers when it is told to.
final class ScriptedIssuer: IssuerSource {
    struct Question: Sendable {
        let answer: @Sendable (Result<KeySet, IssuerFailure>) -> Void
    }

    struct TokenQuestion: Sendable {
        let token: [UInt8]
        let answer: @Sendable (Result<TokenClaims, IssuerFailure>) -> Void
    }

    private struct State {
        var fetches: [Question] = []
        var questions: [TokenQuestion] = []
        var uptime = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    }

    private let state = Mutex(State())
    private let log = LineLog()

    static let name = "https://login.example.com"

    /// The time of day, in seconds since 1970.
    static let now: Int64 = 1_800_000_000

    func fetchKeys(_ whenDone: @escaping @Sendable (Result<KeySet, IssuerFailure>) -> Void) {
        state.withLock { $0.fetches.append(Question(answer: whenDone)) }
    }

    func introspect(
        _ token: [UInt8], _ whenDone: @escaping @Sendable (Result<TokenClaims, IssuerFailure>) -> Void
    ) {
        state.withLock { $0.questions.append(TokenQuestion(token: token, answer: whenDone)) }
    }

    var fetches: Int { state.withLock { $0.fetches.count } }
    var questions: Int { state.withLock { $0.questions.count } }

    func pass(_ time: TimeAmount) { state.withLock { $0.uptime = $0.uptime + time } }

    /// Answers the oldest question for keys.
    func answer(_ result: Result<KeySet, IssuerFailure>) {
        let question = state.withLock { $0.fetches.isEmpty ? nil : $0.fetches.removeFirst() }
        question?.answer(result)
    }

    /// Answers the oldest question for a token.
    func answer(claims: String) {
        let question = state.withLock { $0.questions.isEmpty ? nil : $0.questions.removeFirst() }
        guard let text = try? JSONText(scanning: ByteBuffer(string: claims)) else {
            question?.answer(.failure(IssuerFailure("no JSON")))
            return
        }
        question?.answer(.success(TokenClaims(text)))
    }

    func failQuestion() {
        let question = state.withLock { $0.questions.isEmpty ? nil : $0.questions.removeFirst() }
        question?.answer(.failure(IssuerFailure("away")))
    }

    var clock: IssuerClock {
        IssuerClock(
            wall: { UnixTime(milliseconds: Self.now * 1_000) }, uptime: { [self] in state.withLock { $0.uptime } })
    }

    /// How many lines were logged.
    var lines: Int { log.lines.count }

    /// The issuers with this one as the only one.
    func issuers(introspects: Bool = false) throws -> Issuers {
        let address = try HTTPURL(Self.name)
        let settings = IssuerSettings(
            rules: IssuerRules(issuer: Self.name, audiences: ["us"]), address: address, keysURL: nil,
            introspection: introspects ? .init(url: address, clientID: "a", clientSecret: "b") : nil)
        return Issuers([settings], clock: clock, logger: log.logger) { _ in self }
    }
}

/// What was told of a token, and how often.
final class Told: Sendable {
    private let outcomes = Mutex<[String]>([])

    var all: [String] { outcomes.withLock { $0 } }

    func note(_ outcome: TokenOutcome?) {
        let word =
            switch outcome {
            case .verified(let token): token.subject
            case .refused(let fault): "\(fault)"
            case .unavailable: "unavailable"
            case nil: "later"
            }
        outcomes.withLock { $0.append(word) }
    }

    /// Asks for a token, and notes what is said of it at once and later.
    func ask(_ issuers: Issuers, _ token: String) {
        note(issuers.judge(Array(token.utf8)) { [self] in note($0) })
    }
}
