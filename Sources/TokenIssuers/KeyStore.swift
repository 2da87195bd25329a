import AccessTokens
import NIOCore

/// The keys of one issuer as they were fetched last, and when they are to be fetched again. Pure: it is told what time it is.
struct KeyStore {
    /// When keys are fetched again while the old ones are used, and when tokens wait for that.
    static let renewedAfter = TimeAmount.minutes(10)
    static let awaitedAfter = TimeAmount.hours(1)
    /// How long they are used while the issuer cannot be asked.
    static let keptFor = TimeAmount.hours(24)
    /// How soon a token with a key that is not known makes the issuer be asked again.
    static let pause = TimeAmount.seconds(30)
    /// The same as long as there are no keys at all.
    static let firstPause = TimeAmount.seconds(5)

    /// What to do about a token.
    enum Step: Equatable {
        /// It is checked with the keys that there are.
        case verify
        /// As `verify`, and the keys are fetched meanwhile.
        case verifyAndRenew
        /// Somebody fetches keys: it waits for them.
        case wait
        /// It waits for keys that are to be fetched now.
        case fetch
        /// There are no keys, and nobody is asked again yet.
        case unavailable
    }

    private struct Fetched {
        let keys: KeySet
        let time: NIODeadline
    }

    private var fetched: Fetched?
    /// Rises with every set of keys that is fetched.
    private(set) var edition = 0
    private var isFetching = false
    /// When the issuer was asked last, and whether it answered.
    private var lastAttempt: NIODeadline?
    private var lastFailed = false

    /// The keys, unless they are too old to be believed.
    func keys(at now: NIODeadline) -> KeySet? {
        guard let fetched, now - fetched.time < Self.keptFor else { return nil }
        return fetched.keys
    }

    /// What to do about a token that has just come. Where it says to fetch, somebody has to.
    mutating func step(at now: NIODeadline) -> Step {
        guard let fetched, now - fetched.time < Self.keptFor else {
            if isFetching { return .wait }
            return beginsFetch(now, after: Self.firstPause) ? .fetch : .unavailable
        }
        let age = now - fetched.time
        // Who waits for an issuer that is away waits for nothing: the keys that there are count.
        if age >= Self.awaitedAfter, !lastFailed {
            if isFetching { return .wait }
            return beginsFetch(now, after: Self.pause) ? .fetch : .verify
        }
        if age >= Self.renewedAfter, !isFetching, beginsFetch(now, after: Self.pause) { return .verifyAndRenew }
        return .verify
    }

    /// What to do about a token that none of the keys has made. `verify` says that it stays so.
    mutating func stepForUnknownKey(at now: NIODeadline) -> Step {
        if isFetching { return .wait }
        if beginsFetch(now, after: Self.pause) { return .fetch }
        return lastFailed ? .unavailable : .verify
    }

    private mutating func beginsFetch(_ now: NIODeadline, after pause: TimeAmount) -> Bool {
        if let lastAttempt, now - lastAttempt < pause { return false }
        lastAttempt = now
        isFetching = true
        return true
    }

    /// Notes what came of a fetch. Keys that were there stay when it failed.
    mutating func finish(_ result: Result<KeySet, IssuerFailure>, at now: NIODeadline) {
        isFetching = false
        switch result {
        case .success(let keys):
            fetched = Fetched(keys: keys, time: now)
            edition += 1
            lastFailed = false
        case .failure: lastFailed = true
        }
    }

    /// Whether the last answer was none: then a key that is not known may be one that could not be fetched.
    var isBehind: Bool { lastFailed }
}
