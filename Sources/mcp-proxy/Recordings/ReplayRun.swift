import MCPCore
import NIOCore
import Recordings

/// Sends the requests of a recording again, one after another in one session, and compares the answers.
struct ReplayRun: Sendable {
    let recording: ReadRecording
    let plan: ReplayPlan

    /// Asks for everything, and tells of each answer.
    func run(_ client: OneClient, _ report: ReplayReport) async throws -> ReplayReport {
        var report = report
        for step in plan.steps {
            let answer = try await client.answer(step.method, step.params)
            let diff = step.exchange.answer.flatMap { before in
                masked(answer, step.method).map { AnswerDiff(before, $0, to: step.exchange.method) }
            }
            try report.add(step, diff)
        }
        return report
    }

    /// The answer without what is left out of recordings.
    private func masked(_ answer: Message, _ method: Method) -> RecordedExchange.Answer? {
        var mask = MemberMask(secrets: [], hidesNamed: recording.bodies == .redacted)
        mask.keepsSchemas = method == .toolsList
        if let result = answer.view(answer.envelope.result) {
            return .result(JSONText(accepted: mask.masked(result)).root)
        }
        return answer.view(answer.envelope.error).map { .error(JSONText(accepted: mask.masked($0)).root) }
    }
}
