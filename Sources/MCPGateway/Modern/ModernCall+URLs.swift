import MCPCore
import NIOCore

// MARK: - URLs that have to be visited first

extension ModernCall {
    /// Asks the client to send its user to the URLs that the server's error names.
    func demandURLs(_ demand: URLDemand) {
        guard !demand.requests.isEmpty else {
            return end(
                .refused(Refusal(.invalidAnswer, "the server demands that a URL is visited first, and names none")))
        }
        guard capabilities.contains(.urlElicitation) else {
            let data = ByteBuffer(string: #"{"requiredCapabilities":{"elicitation":{"url":{}}}}"#)
            return end(
                .refused(
                    Refusal(.missingClientCapability, "the server needs its user to visit a URL first", data: data)))
        }
        inputs.add(demand)
        suspend()
    }

    /// The server has forgotten the call, so that it is made again, once the user has been where it was sent.
    func resumeAfterURLs(_ answers: PendingInputs.Answers, _ again: ModernRequest) {
        guard inputs.areAllAnswered(by: answers) else { return suspend() }
        guard inputs.areAllAccepted(answers) else {
            return end(
                .refused(Refusal(.inputNotGiven, "the server needs its user to visit a URL first, which was declined")))
        }
        inputs = PendingInputs()
        send(again.message, .legacy)
    }
}
