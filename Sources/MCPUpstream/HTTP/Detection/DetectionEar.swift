import NIOCore

/// Hears one of the links between which a detecting link decides, until that link does not matter any more.
final class DetectionEar: UpstreamLinkReceiver {
    /// nil once nobody wants to hear from this link.
    var link: DetectingHTTPLink?

    init(_ link: DetectingHTTPLink) {
        self.link = link
    }

    func linkOpened() {
        link?.opened(self)
    }

    func linkReceived(_ message: ByteBuffer, relatedTo id: Int64?) {
        link?.received(message, relatedTo: id)
    }

    func linkFailed(_ id: Int64, _ failure: UpstreamFailure) {
        link?.failed(id, failure)
    }

    func linkAnswerEnded(_ id: Int64) {
        link?.answerEnded(id)
    }

    func linkLostSession(_ id: Int64?) {
        link?.lostSession(id)
    }

    func mayBeRepeated(_ id: Int64) -> Bool {
        link?.mayBeRepeated(id) == true
    }

    func linkClosed(_ failure: UpstreamFailure) {
        let link = self.link
        self.link = nil
        link?.closed(self, failure)
    }
}
