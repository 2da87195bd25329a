import Logging
import MCPCore
import NIOCore

/// Knows what servers say of a session that they do not know, in words of their own instead of the protocol's 404.
enum LostSessionWords {
    /// The codes with which servers refuse a request that they have not looked at.
    private static let codes = [-32000, -32001, -32600]

    /// What is said of a session that is not there; that it is busy, or that there are too many, is something else.
    private static let denials = [
        "not found", "no such", "no valid", "no active", "no session", "not exist", "n't exist",
        "cannot find",
        "could not find", "can't find", "couldn't find", "not valid", "not known", "not active",
        "not initialized",
        "unknown", "unrecogni", "not recogni", "invalid", "inactive", "expired", "timed out", "timeout",
        "terminated",
        "no longer", "closed", "ended", "lost", "gone", "missing", "deleted", "removed", "evicted",
        "stale",
        "initialize", "new session",
    ]

    /// Nobody needs more words to say it. What is longer is not looked at, so that no server can make it costly.
    private static let maximumBytes = 1_000

    /// Tells whether a text names a session, which is enough where the HTTP status says that something is not there.
    static func name(in text: String) -> Bool {
        text.lowercased().contains("session")
    }

    /// Tells the operator that another session is opened, and why.
    static func note(_ words: String, _ logger: Logger) {
        let reason = PrintableText.make(words, maximumBytes: 300)
        logger.notice(
            "server has forgotten the session; another one is opened", metadata: ["reason": "\(reason)"])
    }

    /// Returns what an error says, if it is of the kind that can be about a session, and names one.
    static func naming(_ error: Message) -> String? {
        guard error.kind == .error, let code = error.errorCode?.rawValue, codes.contains(code),
            let message = error.view(error.envelope.error)?["message"], message.bytes.readableBytes <= maximumBytes,
            let words = message.string, name(in: words)
        else { return nil }
        return words
    }

    /// Returns the same for an error that nothing but its words tells from any other: they have to say that the session
    /// is not there.
    static func denying(_ error: Message) -> String? {
        guard let words = naming(error) else { return nil }
        let text = words.lowercased()
        return denials.contains(where: text.contains) ? words : nil
    }
}
