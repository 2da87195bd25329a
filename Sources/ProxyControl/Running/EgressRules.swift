import Addresses
package import MCPUpstream
package import ProxyConfiguration
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How servers are reached, from what the environment and the configuration say of proxies and certificates.
package final class EgressRules: Sendable {
    private struct Authorities: Hashable {
        let roots: [AuthorityText]?
        let others: [AuthorityText]
        /// What servers are shown of us.
        let identity: AuthorityText?
        let isVerified: Bool
    }

    /// Those of the environment that this program was started with.
    package static let ofProcess = EgressRules(environment: ProcessInfo.processInfo.environment)

    private let proxies: ProxyRules
    private let file: String?
    private let directories: [String]
    /// To hold a trust takes megabytes, so there is one for equal files.
    private let trusts = Mutex<[Authorities: HTTPTrust]>([:])
    /// To read those of a system takes tens of milliseconds, so what was read for one server holds for the next.
    private let lastRoots = Mutex<SystemRoots?>(nil)

    init(environment: [String: String]) {
        proxies = ProxyRules(environment: environment)
        file = environment["SSL_CERT_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        directories = (environment["SSL_CERT_DIR"] ?? "").split(separator: ":").map(String.init)
    }

    /// For what the command line asks for.
    package func egress(insecure: Bool = false) -> HTTPEgress {
        HTTPEgress(trust: insecure ? .unverified : trust(besides: []), proxies: proxies)
    }

    /// For a proxy on this machine.
    package func egress(to proxy: OwnProxy) -> HTTPEgress {
        HTTPEgress(
            trust: proxy.certificateFile.flatMap(Self.shownCertificate) ?? trust(besides: []),
            proxies: proxy.socketPath.map(ProxyRules.init(socketPath:)) ?? proxies)
    }

    /// Whoever may not read the file, or has none, believes the authorities that he always does.
    private static func shownCertificate(_ file: String) -> HTTPTrust? {
        guard case .success(let text) = read(file, "certificateFile") else { return nil }
        return HTTPTrust.shown(text)
    }

    /// For a server of the operator's.
    ///
    /// - Parameters:
    ///   - trustedCAFile: What holds for all servers.
    ///   - clientCertificateFile: What all servers are shown that are shown no other.
    func egress(_ server: ServerEgress, trustedCAFile: String?, clientCertificateFile: String? = nil) -> HTTPEgress {
        guard server.ownProxy == OwnProxy() else { return egress(to: server.ownProxy) }
        let files = [trustedCAFile, server.trustedCAFile].compactMap(\.self)
        return HTTPEgress(
            trust: trust(
                besides: files, showing: server.clientCertificateFile ?? clientCertificateFile,
                isVerified: !server.skipsVerification),
            proxies: rules(server.proxy))
    }

    private func rules(_ proxy: ServerEgress.Proxy) -> ProxyRules {
        switch proxy {
        case .ofEnvironment: proxies
        case .none: .none
        case .one(let proxy): ProxyRules(always: proxy)
        }
    }

    /// Why a file with certificates cannot be used, in words; nil if it can.
    package static func fault(of file: String) -> String? {
        switch read(file, "the file") {
        case .success(let text): text.isUsable ? nil : "\(text.name) holds no certificate in PEM"
        case .failure(let missing): missing.words
        }
    }

    /// Why a file with a certificate and its key cannot be used, in words; nil if it can.
    package static func fault(ofIdentity file: String) -> String? {
        switch read(file, "the file") {
        case .success(let text): HTTPTrust.fault(ofIdentity: text)
        case .failure(let missing): missing.words
        }
    }

    // MARK: Reading

    private struct Unreadable: Error {
        let words: String
    }

    private func trust(besides files: [String], showing identity: String? = nil, isVerified: Bool = true) -> HTTPTrust {
        guard isVerified || identity != nil else { return .unverified }
        var others: [AuthorityText] = []
        var roots: [AuthorityText]?
        var shown: AuthorityText?
        do throws(Unreadable) {
            shown = try identity.map { file throws(Unreadable) in try Self.read(file, "clientCertificateFile").get() }
            if isVerified {
                for file in files { others.append(try Self.read(file, "trustedCAFile").get()) }
                roots = try systemRoots()
            }
        } catch {
            return .unusable(because: error.words)
        }
        guard roots != nil || !others.isEmpty || shown != nil else { return .verified }
        let authorities = Authorities(roots: roots, others: others, identity: shown, isVerified: isVerified)
        return trusts.withLock { trusts in
            if let known = trusts[authorities] { return known }
            let made = HTTPTrust.authorities(roots, and: others, showing: shown, isVerified: isVerified)
            trusts[authorities] = made
            return made
        }
    }

    /// What the environment puts in the place of the system's authorities.
    private struct SystemRoots {
        /// The files that were looked at, as they were then.
        let files: [MarkedFile]
        let texts: [AuthorityText]
    }

    private struct MarkedFile: Equatable {
        let path: String
        /// What differs when the file may have changed.
        let mark: String?

        init(_ path: String) {
            self.path = path
            mark = FileMark.of(path)
        }
    }

    /// What the environment puts in the place of the system's authorities; nil where it says nothing. Files are read again
    /// once one of them may have changed, was added or removed.
    private func systemRoots() throws(Unreadable) -> [AuthorityText]? {
        guard file != nil || !directories.isEmpty else { return nil }
        let inDirectories = directories.flatMap { directory in
            // A directory that is not there has no certificates.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            return names.sorted().map { "\(directory)/\($0)" }
        }
        // Before they are read, so that what is written meanwhile is read the next time.
        let files = ((file.map { [$0] } ?? []) + inDirectories).map(MarkedFile.init)
        if let last = lastRoots.withLock(\.self), last.files == files { return last.texts }
        let texts = try readRoots(inDirectories)
        lastRoots.withLock { $0 = SystemRoots(files: files, texts: texts) }
        return texts
    }

    /// Other files may lie in the directories, too.
    private func readRoots(_ inDirectories: [String]) throws(Unreadable) -> [AuthorityText] {
        var found: [AuthorityText] = []
        if let file {
            let text = try Self.read(file, "SSL_CERT_FILE").get()
            guard text.isUsable else { throw Unreadable(words: "\(text.name) holds no certificate in PEM") }
            found.append(text)
        }
        found += inDirectories.compactMap { path in
            // What cannot be read is no certificate.
            (try? Self.read(path, "SSL_CERT_DIR").get()).flatMap { $0.isUsable ? $0 : nil }
        }
        guard !found.isEmpty else {
            throw Unreadable(words: "SSL_CERT_DIR names no directory with certificates in PEM")
        }
        return found
    }

    private static func read(_ path: String, _ setting: String) -> Result<AuthorityText, Unreadable> {
        let name = "\(setting) \"\(path)\""
        // A pipe would be waited for.
        if let kind = PathKind(of: path), kind != .file {
            return .failure(Unreadable(words: "\(name) is \(kind.words), not a file"))
        }
        // Whatever the reason, what is to be done about it is the same.
        guard let bytes = try? Data(contentsOf: URL(filePath: path)) else {
            return .failure(Unreadable(words: "\(name) cannot be read"))
        }
        return .success(AuthorityText(name: name, bytes: Array(bytes)))
    }
}
