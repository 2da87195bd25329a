import MCPCore
import MCPGateway
import NIOCore

/// Sends what goes back for one stateless request on a channel that all of them share.
///
/// Confined to the channel's event loop.
final class ChannelReply: ModernReplySink, LoopConfined, @unchecked Sendable {
    let carriesMessages = true
    let origin: RequestOrigin
    var eventLoop: any EventLoop { channel.eventLoop }
    private let channel: ModernChannel
    private let id: RequestID
    private let isSubscription: Bool
    private var isEnded = false
    private var hasLeft = false
    private var onLeave: (@Sendable () -> Void)?

    init(_ channel: ModernChannel, id: RequestID, from origin: RequestOrigin, isSubscription: Bool) {
        self.origin = origin
        self.channel = channel
        self.id = id
        self.isSubscription = isSubscription
    }

    func send(_ message: ByteBuffer) {
        eventLoop.runNowOrLater { [self] in
            if !isEnded { channel.write(message) }
        }
    }

    func finish(_ answer: ByteBuffer) {
        finish(answer, refusal: nil)
    }

    func finish(_ answer: ByteBuffer, refusal: Refusal.Reason?) {
        eventLoop.runNowOrLater { [self] in
            guard !isEnded else { return }
            end()
            channel.write(answer)
            // Where there is no stream to close, the end of a subscription is told in two ways: the specification asks
            // for both (2026-07-28, Subscriptions and Cancellation).
            // An error needs no second word. What cannot be read is no graceful end.
            if isSubscription,
                (try? Message(answer, maximumDepth: Int.max, duplicateKeys: .accepted))?.kind == .result
            {
                channel.write(OwnMessages.cancelled(id: id, reason: "the subscription has ended"))
            }
        }
    }

    func abandon() {
        eventLoop.runNowOrLater { [self] in if !isEnded { end() } }
    }

    func whenClientLeaves(_ body: @escaping @Sendable () -> Void) {
        eventLoop.runNowOrLater { [self] in
            if hasLeft { body() } else { onLeave = body }
        }
    }

    /// The client has cancelled the request, or has gone. Must be called on the channel's event loop.
    func leave() {
        checkConfinement()
        guard !isEnded else { return }
        hasLeft = true
        let onLeave = self.onLeave
        end()
        onLeave?()
    }

    private func end() {
        isEnded = true
        // It holds the call, which holds this.
        onLeave = nil
        channel.ended(id, self)
    }
}
