package import NIOCore

/// One JSON-RPC message: the bytes as they came and where the routed members stand in them.
///
/// JSON-RPC 2.0 with the Model Context Protocol's restrictions: `params` is an object, an `id` is a string or a
/// number (`null` only in an error that answers something unreadable), and there are no batches
/// ([base protocol, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic)).
package struct Message: Sendable {
    package let bytes: ByteBuffer
    package let envelope: Envelope

    /// Reads one message.
    ///
    /// - Parameters:
    ///   - maximumDepth: How deeply values may be nested.
    ///   - duplicateKeys: Whether a repeated name is refused at every level, and one that some programs take for another
    ///     which the proxy reads. The members that the proxy reads are refused when repeated in any case.
    /// - Throws: `MessageError`, with the identifier of the request when that could be read.
    package init(
        _ bytes: ByteBuffer,
        maximumDepth: Int = 128,
        duplicateKeys: JSONScanner.DuplicateKeys = .refused
    ) throws(MessageError) {
        self.bytes = bytes
        var reader = EnvelopeReader(bytes: bytes, refusesLookalikes: duplicateKeys == .refused)
        do throws(JSONError) {
            try bytes.scanJSON(maximumDepth: maximumDepth, duplicateKeys: duplicateKeys) {
                (scanner) throws(JSONError) in
                try reader.read(&scanner)
            }
        } catch {
            throw .malformed(error)
        }
        self.envelope = try reader.finish()
    }

    /// Takes bytes whose envelope is known.
    init(_ bytes: ByteBuffer, _ envelope: Envelope) {
        self.bytes = bytes
        self.envelope = envelope
    }

    package var kind: Envelope.Kind { envelope.kind }
    package var method: Method { envelope.method }

    /// The identifier, when there is one that is not `null`.
    package var id: RequestID? {
        envelope.id.map { RequestID(bytes, $0) }
    }

    /// Under which a request wants to hear of progress, or of which a notification tells it.
    package var progressToken: RequestID? {
        envelope.progressToken.map { RequestID(bytes, $0) }
    }

    /// Which request a notification cancels.
    package var cancelledID: RequestID? {
        envelope.requestID.map { RequestID(bytes, $0) }
    }

    /// The code of the error that this is; nil when it is none, or the code is not an integer.
    package var errorCode: ErrorCode? {
        view(envelope.error)?["code"]?.integer.map { ErrorCode(rawValue: Int($0)) }
    }

    /// The method's name as text.
    package var methodName: String {
        envelope.methodName.map(text(of:)) ?? ""
    }

    /// A value that the envelope points at.
    package func view(_ range: ByteRange?) -> JSONView? {
        range.map { JSONView(text: bytes, range: $0) }
    }

    private func text(of range: ByteRange) -> String {
        bytes.getString(at: bytes.readerIndex + range.lowerBound, length: range.count) ?? ""
    }

    /// The members of `params`, for the few that the envelope does not point at.
    package var params: JSONView? { view(envelope.params) }
}
