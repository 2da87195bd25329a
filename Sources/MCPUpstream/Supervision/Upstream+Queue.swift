import MCPCore
import NIOCore

// MARK: - Calls that wait until the server is ready, or has room again

extension Upstream {
    package var callsInFlight: Int {
        (current?.calls.count ?? 0) + draining.reduce(0) { $0 + $1.calls.count } + queue.count
    }

    /// How many calls wait until the server is ready, or has room.
    package var callsQueued: Int { queue.count }

    /// How many calls wait only because the server has as many as it may have.
    package var callsWithoutRoom: Int {
        guard case .ready = state, let current, current.isReady,
            current.boundedCallCount >= limits.maximumCallsInFlight
        else { return 0 }
        return queue.count
    }

    func enqueue(_ id: Int64, _ receiver: any ExchangeReceiver) {
        guard queue.count < limits.maximumQueuedCalls else {
            receiver.exchangeFailed(
                UpstreamFailure(
                    .overloaded,
                    "\(limits.maximumQueuedCalls) calls are waiting for it already",
                    nothingSent: true
                )
            )
            return
        }
        queue.append(QueuedCall(id: id, receiver: receiver, queuedAt: eventLoop.now, mayBeRepeated: true))
        scheduleQueueSweep()
    }

    func sendQueued() {
        if circuit.isOpen, !queue.isEmpty { return failWaiting(circuitRefusal) }
        // One by one, because whoever hears of a failure may cancel another.
        while case .ready = state, let current, current.isReady, current.boundedCallCount < limits.maximumCallsInFlight,
            let call = queue.takeFirst()
        {
            current.send(call.receiver, id: call.id, mayBeRepeated: call.mayBeRepeated)
        }
    }

    func conversation(_ conversation: Conversation, answers call: CallInFlight, with answer: Message) {
        call.receiver.exchangeAnswered(answer)
        conversationHasRoom(conversation)
    }

    func conversationHasRoom(_ conversation: Conversation) {
        if conversation === current {
            if !queue.isEmpty { sendQueued() }
        } else if conversation.boundedCallCount == 0, draining.contains(where: { $0 === conversation }) {
            draining.removeAll { $0 === conversation }
            conversation.close()
        }
    }

    func scheduleQueueSweep() {
        guard queueTimer == nil, !queue.isEmpty else { return }
        queueTimer = eventLoop.scheduleTask(in: .milliseconds(500)) { [weak self] in self?.sweepQueue() }
    }

    func sweepQueue() {
        queueTimer = nil
        let oldest = eventLoop.now - .milliseconds(limits.callTimeout.milliseconds)
        while let call = queue.takeExpired(since: oldest) {
            call.receiver.exchangeFailed(
                .late("it was not ready", limits.callTimeout, "callTimeout", nothingSent: true)
            )
        }
        scheduleQueueSweep()
    }

    func failWaiting(_ failure: UpstreamFailure) {
        let waiters = self.waiters
        self.waiters = []
        for waiter in waiters { waiter(.failure(failure)) }
        // One by one, because whoever hears of the first may cancel the next; what is added meanwhile stays.
        var left = queue.count
        while left > 0, let call = queue.takeFirst() {
            left = min(left - 1, queue.count)
            call.receiver.exchangeFailed(failure.beforeSending)
        }
    }
}
