import MCPCore

/// Says what the answer to `server/discover` tells of a server
/// ([stdio](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/stdio#backward-compatibility) and
/// [streamable HTTP](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#backward-compatibility),
/// 2026-07-28).
enum EraVerdict {
    case modern(Introduction)
    /// Any answer that is not positive evidence of a stateless server.
    case legacy
    /// It names the very revision in which it was asked: perhaps it was not ready yet. If it says so again, that is why.
    case askAgain(UpstreamFailure)
    /// A stateless server with which we have no revision in common, or that refuses us.
    case refused(UpstreamFailure)

    init(_ answer: Message) {
        guard let error = answer.view(answer.envelope.error) else {
            self = Introduction(discovery: answer).map(EraVerdict.modern) ?? .legacy
            return
        }
        let words = error["message"]?.string ?? "no reason given"
        switch answer.errorCode {
        case ErrorCode.unsupportedVersion:
            let names = error["data"]?["supported"]?.elements.compactMap(\.string) ?? []
            if names.isEmpty || names.contains(where: { ProtocolVersion(inHandshake: $0) != nil }) {
                self = .legacy
            } else if names.contains(ProtocolVersion.latestModern.name) {
                self = .askAgain(
                    UpstreamFailure(
                        .handshakeRefused,
                        "it refuses protocol version \(ProtocolVersion.latestModern.name), which it says it speaks: \(words)"
                    ))
            } else {
                let known = ProtocolVersion.spoken.map(\.name).joined(separator: ", ")
                let theirs = names.map { String($0.prefix(40)) }.prefix(10).joined(separator: ", ")
                self = .refused(
                    UpstreamFailure(.handshakeRefused, "it speaks only protocol version \(theirs), none of \(known)")
                )
            }
        case ErrorCode.headerMismatch, ErrorCode.missingClientCapability:
            self = .refused(UpstreamFailure(.handshakeRefused, "it refused server/discover: \(words)"))
        default: self = .legacy
        }
    }
}
