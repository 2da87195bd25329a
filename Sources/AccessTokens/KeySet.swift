package import MCPCore
import MCPValues
package import NIOCore

/// The keys of one issuer ([RFC 7517, 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
package struct KeySet: Sendable {
    /// Why a text is no set of keys.
    package enum Fault: Error, Sendable {
        case json(JSONError)
        /// It is JSON without a list `keys`.
        case noKeys
    }

    /// More bytes than any issuer's keys have.
    package static let maximumBytes = 1 << 20
    /// How many keys are kept; what comes behind them is not looked at.
    package static let maximumKeys = 1_000

    private let all: [VerificationKey]
    /// How many of the list cannot check a signature of ours: other kinds of keys, and keys that are too weak.
    package let skipped: Int
    /// How many stand behind the last one that was read.
    package let beyondMaximum: Int

    package var count: Int { all.count }

    /// Reads a set.
    ///
    /// - Throws: What is wrong with it as a whole. A single key that is of no use is skipped, as the RFC wants it.
    package init(_ text: ByteBuffer) throws(Fault) {
        let root: JSONView
        do throws(JSONError) {
            root = try JSONText(scanning: text, maximumDepth: TokenClaims.maximumDepth).root
        } catch {
            throw .json(error)
        }
        guard let list = root["keys"], list.isArray else { throw .noKeys }
        var keys: [VerificationKey] = []
        var (place, skipped) = (0, 0)
        list.forEachElement { element in
            place += 1
            guard place <= Self.maximumKeys else { return }
            guard element.isObject, let key = VerificationKey(element) else {
                skipped += 1
                return
            }
            keys.append(key)
        }
        self.all = keys
        self.skipped = skipped
        self.beyondMaximum = max(0, place - Self.maximumKeys)
    }

    /// The keys of a name that can have made a signature of an algorithm; all that can where no name is given.
    func keys(named name: String?, for algorithm: SignatureAlgorithm) -> [VerificationKey] {
        all.filter { key in
            guard key.fits(algorithm) else { return false }
            guard let name else { return true }
            return key.name.map { $0.utf8.elementsEqual(name.utf8) } ?? false
        }
    }
}
