import Logging
import MCPValues
import Synchronization

/// Remembers what the operator was told of names and patterns of an offer, so that each is told once.
final class OfferFindings: Sendable {
    /// How many are remembered. A server that lists ever other names is told of no more.
    private static let maximumCount = 1_000

    private let told = Mutex<Set<ByteText>>([])

    func report(_ findings: [String], of offer: String, _ logger: Logger) {
        let news = told.withLock { told in
            findings.filter { told.count < Self.maximumCount && told.insert(ByteText($0)).inserted }
        }
        for words in news {
            logger.warning(
                "names at an endpoint over several servers", metadata: ["at": "\(offer)", "finding": "\(words)"])
        }
    }
}
