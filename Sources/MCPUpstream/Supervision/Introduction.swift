package import MCPCore
package import NIOCore

/// Holds what a server said of itself, in answer to `initialize` or to `server/discover`.
package struct Introduction: Sendable {
    /// The whole result, as the server wrote it.
    package let result: JSONText
    /// The revision in which the server is spoken to.
    package let version: ProtocolVersion

    package var era: Era { version.era }

    /// Whether a server that needs no handshake has said that it knows one as well.
    var offersHandshake: Bool {
        let versions = result.root["supportedVersions"]?.elements ?? []
        return era == .modern && versions.contains { $0.string.flatMap { ProtocolVersion(inHandshake: $0) } != nil }
    }

    /// Tells whether a server that knows both eras says in the middle of one that it wants the other.
    func isTakenBack(by refusal: Message) -> Bool {
        guard refusal.errorCode == .invalidRequest, offersHandshake else { return false }
        return refusal.view(refusal.envelope.error)?["message"]?.string?.contains("initialize") == true
    }

    package var capabilities: JSONView? { result.root["capabilities"] }

    /// Tells whether the server declared a capability.
    package func declares(_ capability: String) -> Bool {
        capabilities?[capability] != nil
    }

    /// Tells whether the server declared a feature of a capability, such as `listChanged` of `tools`.
    package func declares(_ capability: String, _ feature: String) -> Bool {
        capabilities?[capability]?[feature]?.boolean == true
    }

    /// Name and version of the server, as the server wrote them.
    package var serverInfo: ByteBuffer? {
        let info =
            switch era {
            case .legacy: result.root["serverInfo"]
            case .modern: result.root["_meta"]?["\(RequestMetadata.prefix)serverInfo"]
            }
        return info.flatMap { $0.isObject ? $0.bytes : nil }
    }

    /// What was said in an earlier run.
    ///
    /// - Parameters:
    ///   - result: As ``result`` was then.
    ///   - version: The name of the revision.
    /// - Returns: nil for a revision that we do not speak.
    package init?(remembered result: JSONText, version: String) {
        guard let version = ProtocolVersion(version) else { return nil }
        self.result = result
        self.version = version
    }

    /// Reads the answer to `initialize`.
    ///
    /// - Throws: `UpstreamFailure.Code.handshakeRefused` for an error, or a revision that we do not speak.
    init(handshake answer: Message) throws(UpstreamFailure) {
        if answer.envelope.error != nil { throw .handshakeRefused(answer) }
        guard let result = answer.view(answer.envelope.result), let name = result["protocolVersion"]?.string else {
            throw UpstreamFailure(.handshakeRefused, "its answer to the handshake names no protocolVersion")
        }
        guard let version = ProtocolVersion(inHandshake: name) else {
            let known = ProtocolVersion.legacy.map(\.name).joined(separator: ", ")
            throw UpstreamFailure(
                .handshakeRefused,
                "it speaks protocol version \(name.prefix(40)), which is none of \(known)"
            )
        }
        self.result = JSONText(accepted: result.bytes)
        self.version = version
    }

    /// Returns the latest revision that we speak of those that a refusal of `initialize` names
    /// ([error handling, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#error-handling));
    /// nil when there is none, or it is the one that was offered.
    static func otherRevision(named refusal: Message, than offered: ProtocolVersion) -> ProtocolVersion? {
        let names = refusal.view(refusal.envelope.error)?["data"]?["supported"]?.elements ?? []
        let version = names.compactMap { $0.string.flatMap { ProtocolVersion(inHandshake: $0) } }.max()
        return version == offered ? nil : version
    }

    /// Takes a result of `server/discover`, unless it names no stateless revision that we speak.
    package init?(discovery answer: Message) {
        guard let result = answer.view(answer.envelope.result), let versions = result["supportedVersions"] else {
            return nil
        }
        let spoken = versions.elements.compactMap { $0.string.flatMap { ProtocolVersion($0) } }
        guard let version = spoken.filter({ $0.era == .modern }).max() else { return nil }
        self.result = JSONText(accepted: result.bytes)
        self.version = version
    }
}
