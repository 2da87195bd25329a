package import Logging
import MCPCore
package import MCPFrontEnd
package import ProxyConfiguration
import Synchronization

/// Keeps the certificate that clients are shown as its files have it, and tells when it will end. What cannot be used
/// changes nothing.
package final class CertificateKeeper: Sendable {
    private struct State {
        var digest: [UInt8]
        /// What the files were known by when they were read last.
        var marks: [String?]
        /// What they were when they were looked at last.
        var seen: [String?]
        /// Why they were not taken, as it was told; nil when they were.
        var refusal: String?
        var retryAt = 0
        var expiry = CertificateExpiry()
    }

    private static let interval = Duration.milliseconds(500)
    private static let retrySeconds = 60

    /// What the listener shows.
    package let tls: ListenerTLS
    private let files: ListenerTLSSettings
    private let now: @Sendable () -> Int
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the files.
    ///
    /// - Throws: `CertificateFiles.Fault` when they cannot be used.
    package convenience init(_ files: ListenerTLSSettings, logger: Logger) throws(CertificateFiles.Fault) {
        try self.init(files, now: { Int(WallClock.now) }, logger: logger)
    }

    init(
        _ files: ListenerTLSSettings, now: @escaping @Sendable () -> Int, logger: Logger
    ) throws(CertificateFiles.Fault) {
        let marks = files.files.map(FileMark.of)
        let read = try CertificateFiles(files, at: now())
        for remark in read.remarks { logger.warning("\(remark)") }
        (self.files, self.now, self.logger) = (files, now, logger)
        tls = ListenerTLS(read.certificate)
        state = Mutex(State(digest: read.digest, marks: marks, seen: marks))
    }

    /// Looks after the files until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            look()
            // A pause is cut short only when the run is over.
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Reads the files again if they have changed and rest, and says when the certificate ends.
    func look() {
        let marks = files.files.map(FileMark.of)
        let isDue = state.withLock { state in
            defer { state.seen = marks }
            if marks != state.marks { return marks == state.seen }
            return state.refusal != nil && now() >= state.retryAt
        }
        if isDue { refresh() }
        let ends = tls.current.ends
        guard let stage = state.withLock({ $0.expiry.look(ends: ends, at: now()) }), let words = stage.words(ends: ends)
        else { return }
        logger.log(level: stage == .ended ? .error : .warning, "\(words)")
    }

    /// Reads the files again.
    package func refresh() {
        let marks = files.files.map(FileMark.of)
        do throws(CertificateFiles.Fault) {
            take(try CertificateFiles(files, at: now()), marks)
        } catch {
            let isNews = state.withLock { state in
                defer { (state.refusal, state.marks) = (error.description, marks) }
                state.retryAt = now() + Self.retrySeconds
                return state.refusal != error.description
            }
            guard isNews else { return }
            logger.error(
                "the new certificate cannot be shown to clients; the one before stays", metadata: ["reason": "\(error)"]
            )
        }
    }

    private func take(_ read: CertificateFiles, _ marks: [String?]) {
        let isNews = state.withLock { state in
            defer { (state.digest, state.marks, state.refusal) = (read.digest, marks, nil) }
            return state.digest != read.digest
        }
        guard isNews else { return }
        tls.replace(with: read.certificate)
        for remark in read.remarks { logger.warning("\(remark)") }
        logger.notice(
            "clients are shown a new certificate",
            metadata: ["until": "\(UTCTime.text(seconds: read.certificate.ends))"])
    }
}

extension CertificateKeeper: ReloadListener {
    /// Who has the configuration read again means its certificates as well.
    package func reloading() { refresh() }

    package func reloaded() {}
}
