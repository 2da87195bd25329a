import MCPCore
package import NIOCore

/// Holds what is to take over from the conversation in use.
struct Successor {
    let conversation: Conversation
    /// What makes its link; nil for what makes all others.
    let factory: Upstream.LinkFactory?
    let grace: TimeAmount
    let done: Upstream.RenewalHandler
}

// MARK: - Starting anew without a gap

extension Upstream {
    /// Takes how it went: nil when the new link is in use, else why not and the last lines of its error output.
    package typealias RenewalHandler = (UpstreamFailure?, [String]) -> Void

    /// Opens another link beside the one in use. It takes over once it has completed the handshake, and what was in use
    /// finishes its calls. When it fails, everything stays as it was; where there was nothing in use, the next attempt
    /// to open a link is made now.
    ///
    /// - Parameters:
    ///   - factory: What makes the link that is to take over from one in use; nil for what makes all others.
    ///   - grace: How long the calls under way may take then.
    ///   - done: Is told how it went, on the event loop.
    package func renew(
        with factory: LinkFactory? = nil, grace: TimeAmount, _ done: @escaping RenewalHandler
    ) {
        checkConfinement()
        succession(failed: UpstreamFailure(.closed, "it was started anew once more", nothingSent: true))
        // It may be another program from now on.
        mayStartSlowly = true
        switch state {
        case .closed: done(closedBecause, [])
        case .ready:
            openSuccessor(factory, grace, done)
        case .starting, .waiting:
            retryTimer?.cancel()
            circuit.putOnTrial()
            let former = current
            current = nil
            waiters.append { [weak self] result in
                switch result {
                case .success: done(nil, [])
                case .failure(let failure): done(failure, self?.recentErrorOutput ?? [])
                }
            }
            former?.close()
            connect()
        }
    }

    /// Puts a conversation that has become ready in the place of the one in use, if that is what it is for.
    func takeOver(_ conversation: Conversation) -> (() -> Void)? {
        guard let successor, successor.conversation === conversation else { return nil }
        self.successor = nil
        let former = current
        current = conversation
        startsProcesses = conversation.link.startsProcess
        guard let former else { return { successor.done(nil, []) } }
        draining.append(former)
        // Not kept until then when its calls are done before.
        eventLoop.assumeIsolated().scheduleTask(in: successor.grace) { [weak self, weak former] in
            guard let self, let former, draining.contains(where: { $0 === former }) else { return }
            former.close()
        }
        return { [self] in
            conversationHasRoom(former)
            successor.done(nil, [])
        }
    }

    private func openSuccessor(_ factory: LinkFactory?, _ grace: TimeAmount, _ done: @escaping RenewalHandler) {
        let conversation = makeConversation(with: factory)
        successor = Successor(conversation: conversation, factory: factory, grace: grace, done: done)
        conversation.open()
    }

    /// Gives up what is to take over from the conversation in use; false when there is no such thing.
    package func abandonRenewal() -> Bool {
        checkConfinement()
        guard successor != nil else { return false }
        succession(failed: UpstreamFailure(.closed, "it was given up", nothingSent: true))
        return true
    }

    func succession(failed failure: UpstreamFailure) {
        guard let successor else { return }
        self.successor = nil
        successor.conversation.close()
        successor.done(failure, successor.conversation.link.recentErrorOutput)
    }

    /// Takes note of the end of a conversation that was to take over; false when it was not that.
    func successorEnded(_ conversation: Conversation, _ failure: UpstreamFailure) -> Bool {
        guard let successor, successor.conversation === conversation else { return false }
        if deservesHandshake(conversation, failure) {
            openSuccessor(successor.factory, successor.grace, successor.done)
        } else {
            succession(failed: failure)
        }
        return true
    }
}
