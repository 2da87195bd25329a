import AccessTokens
import Logging
import Synchronization

/// Tells the operator how it goes with an issuer: each thing once, and not again for each token.
final class IssuerReport: Sendable {
    private let logger: Logger
    private let issuer: String
    private let last = Mutex<String?>(nil)
    /// Not undone by an answer: those without audience are answers too.
    private let hasToldOfAudience = Mutex(false)

    init(_ logger: Logger, issuer: String) {
        self.logger = logger
        self.issuer = issuer
    }

    func note(_ result: Result<KeySet, IssuerFailure>) {
        switch result {
        case .success(let keys):
            if keys.count == 0 {
                note("none of the keys of an issuer can check a signature", "it lists \(keys.skipped) other keys")
            } else if keys.beyondMaximum > 0 {
                note(
                    "an issuer lists more keys than are looked at",
                    "\(keys.beyondMaximum) stand behind the first \(KeySet.maximumKeys)")
            } else {
                recovered("the keys of an issuer could be fetched again")
            }
        case .failure(let failure): note("the keys of an issuer could not be fetched", failure.words)
        }
    }

    func note(introspection result: Result<TokenClaims, IssuerFailure>) {
        switch result {
        case .success: recovered("an issuer answers again what a token stands for")
        case .failure(let failure): note("an issuer could not be asked what a token stands for", failure.words)
        }
    }

    /// Says that the issuer does not say for whom a token is.
    func noteMissingAudience() {
        guard
            hasToldOfAudience.withLock({ hasTold in
                defer { hasTold = true }
                return !hasTold
            })
        else { return }
        logger.warning(
            "an issuer does not say for whom a token is, so that it is refused",
            metadata: ["issuer": "\(issuer)", "error": "its introspection endpoint answers without aud"])
    }

    /// Says what is odd, unless that was the last thing that was said.
    func note(_ message: Logger.Message, _ words: String) {
        guard
            last.withLock({ last in
                defer { last = words }
                return last?.utf8.elementsEqual(words.utf8) != true
            })
        else { return }
        logger.warning(message, metadata: ["issuer": "\(issuer)", "error": "\(words)"])
    }

    private func recovered(_ message: Logger.Message) {
        guard
            last.withLock({ last in
                defer { last = nil }
                return last != nil
            })
        else { return }
        logger.notice(message, metadata: ["issuer": "\(issuer)"])
    }
}
