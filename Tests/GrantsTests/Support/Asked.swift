import MCPTestSupport
import MCPUpstream

@testable import Grants

/// Asks a grant what requests are to show and what becomes of refusals, and keeps what it says, in words.
final class Asked: Sendable {
    private let grant: any RequestAuthority
    private let answers = EventQueue<String>()

    init(_ grant: any RequestAuthority) {
        self.grant = grant
    }

    /// What a request is to show.
    func credential() async throws -> String {
        ask()
        return try await answers.next()
    }

    /// What becomes of a refusal.
    func judge(_ refusal: RequestRefusal) async throws -> String {
        grant.judge(refusal) { [answers] in answers.add(Self.words($0)) }
        return try await answers.next()
    }

    /// Asks for one more, which is waited for later.
    func ask() {
        let hear: @Sendable (RequestPermit) -> Void = { [answers] in answers.add(Self.words($0)) }
        if let permit = grant.credential(or: { hear }) { hear(permit) }
    }

    /// Brings one more refusal, whose verdict is waited for later.
    func bring(_ refusal: RequestRefusal) {
        grant.judge(refusal) { [answers] in answers.add(Self.words($0)) }
    }

    func next() async throws -> String { try await answers.next() }

    /// So many answers.
    func next(_ count: Int) async throws -> [String] {
        var all: [String] = []
        while all.count < count { all.append(try await answers.next()) }
        return all
    }

    var rest: [String] { answers.rest }

    private static func words(_ permit: RequestPermit) -> String {
        switch permit {
        case .send(let credential): "send \(credential.map { "\($0.edition)" } ?? "nothing")"
        case .fail(let failure): "\(failure.code): \(failure.detail)"
        }
    }

    private static func words(_ verdict: RequestVerdict) -> String {
        switch verdict {
        case .again: "again"
        case .stands: "stands"
        case .fail(let failure): "\(failure.code): \(failure.detail)"
        }
    }

    /// A refusal of what has been shown.
    static func refusal(
        _ status: Int = 401, showing edition: Int?, _ challenge: String? = "Bearer"
    ) -> RequestRefusal {
        RequestRefusal(
            status: status, challenge: challenge.flatMap { BearerChallenge([$0]) },
            credential: edition.flatMap { RequestCredential(token: "t", edition: $0) }, repetitions: 0)
    }

    static func wantsMore(_ scopes: String, showing edition: Int?) -> RequestRefusal {
        refusal(403, showing: edition, "Bearer error=\"insufficient_scope\", scope=\"\(scopes)\"")
    }
}
