import MCPCore

// MARK: - How much a server may ask

extension Conversation {
    /// Whether there is room for another question. Sessions have bounds of their own; this one holds whatever becomes of
    /// the questions there.
    var mayAsk: Bool { openQuestions.count < limits.maximumServerRequestsInFlight * max(calls.count, 1) }

    func refuse(_ question: Message, _ id: RequestID) {
        let words = "the proxy cannot pass on \(question.methodName): too many requests wait for an answer"
        let answer = OwnMessages.error(id: id, code: .methodNotFound, message: words)
        if isRecorded { record(sent: answer) }
        link.send(answer, as: .response)
    }
}
